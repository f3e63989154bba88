"""PDUs as they come from the wire: length, command, status, number (SMPP 3.4, 3.2), whatever their words are."""

import asyncio
from typing import NamedTuple

from aiosmpplib import SmppCommandStatus

_HEAD, _LONGEST = 16, 70_000
_RESPONSE = 0x8000_0000


class Frame(NamedTuple):
    """A PDU as it came."""

    command: int
    status: int
    number: int
    body: bytes

    @property
    def is_response(self) -> bool:
        return bool(self.command & _RESPONSE)


async def read_frame(reader: asyncio.StreamReader) -> Frame:
    """The next one. Raise EOFError or OSError where none comes any more."""
    head = await reader.readexactly(_HEAD)
    length, command, status, number = (int.from_bytes(head[at : at + 4]) for at in range(0, _HEAD, 4))
    if not _HEAD <= length <= _LONGEST:
        raise ConnectionError("what came is no SMPP")
    return Frame(command, status, number, await reader.readexactly(length - _HEAD))


def word_of(status: int) -> str:
    """A command_status by its name in the specification, or by its number where it is the centre's own."""
    try:
        return SmppCommandStatus(status).name
    except ValueError:
        return f"SMPP_{status:08X}"
