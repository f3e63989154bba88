"""What a message centre says to us: a deliver_sm, read as bytes say it and never refused for a word we do not know.

SMPP 3.4, sections 4.6.1, 5.2 and 5.3; the header of parts is 3GPP TS 23.040, 9.2.3.24.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

from aiosmpplib.codec import GSM7BitCodec

_RECEIPTS = (0x04, 0x20)
"""Of esm_class, its bits 5 to 2: a receipt, an intermediate one. 0 is a text; the rest is said between phones."""
_HAS_HEADER = 0x40
_PAYLOAD, _REFERENCE, _TOTAL, _POSITION = 0x0424, 0x020C, 0x020E, 0x020F
RECEIPTED_ID, MESSAGE_STATE = 0x001E, 0x0427


class Part(NamedTuple):
    """Which part of a longer text this is; `position` counts from 1."""

    reference: int
    total: int
    position: int


@dataclass(frozen=True, slots=True)
class Delivery:
    """One deliver_sm."""

    kind: Literal["text", "receipt", "other"]
    source: str
    """International numbers with `+`."""
    destination: str
    coding: int
    """data_coding."""
    body: bytes
    """Without its header."""
    part: Part | None
    options: Mapping[int, bytes]

    @property
    def text(self) -> str:
        return decode(self.body, self.coding)

    @property
    def fingerprint(self) -> str:
        """The same in every repeat, and of the same text written twice."""
        said = (self.source, self.destination, self.coding, self.part, self.body)
        return hashlib.sha256(repr(said).encode()).hexdigest()


def read_delivery(body: bytes) -> Delivery:
    """The body of a deliver_sm. ValueError: it ends too early."""
    fields = _Fields(body)
    _service_type, source, destination = fields.string(), fields.address(), fields.address()
    esm_class, _protocol, _priority = fields.octets(3)
    _schedule, _validity = fields.string(), fields.string()
    _registered, _replaces, coding, _canned = fields.octets(4)
    message = fields.octets(fields.number())
    options = dict(fields.options())
    message = message or options.get(_PAYLOAD, b"")
    header, text = _parted(message) if esm_class & _HAS_HEADER and message else (b"", message)
    part = _part_of(header) or _part_by_options(options)
    kind = "receipt" if esm_class & 0x3C in _RECEIPTS else "other" if esm_class & 0x3C else "text"
    return Delivery(kind, source, destination, coding, text, part, options)


def decode(body: bytes, coding: int) -> str:
    """By data_coding, 3GPP TS 23.038's groups included; what is no letter becomes `�` or `?`. No store takes NUL."""
    kind = _alphabet(coding)
    text = GSM7BitCodec().decode(body, "replace")[0] if kind == "gsm7" else body.decode(kind, errors="replace")
    return text.replace("\0", "")


def _alphabet(coding: int) -> str:
    if coding >= 0xF0:
        return "latin-1" if coding & 0x04 else "gsm7"
    if coding >= 0x10:
        return ("gsm7", "latin-1", "utf-16-be", "gsm7")[coding >> 2 & 0x03]
    return {1: "ascii", 2: "latin-1", 3: "latin-1", 4: "latin-1", 8: "utf-16-be"}.get(coding, "gsm7")


def _parted(message: bytes) -> tuple[bytes, bytes]:
    """The header without its length, and the rest."""
    length = message[0]
    return message[1 : 1 + length], message[1 + length :]


def _part_of(header: bytes) -> Part | None:
    """What the header says of parts, wherever in it: references of one byte and of two."""
    while len(header) >= 2:
        element, length = header[0], header[1]
        value, header = header[2 : 2 + length], header[2 + length :]
        if (element, len(value)) in ((0x00, 3), (0x08, 4)):
            return _valid(int.from_bytes(value[:-2]), value[-2], value[-1])
    return None


def _part_by_options(options: Mapping[int, bytes]) -> Part | None:
    reference, total, position = (int.from_bytes(options.get(n, b"")) for n in (_REFERENCE, _TOTAL, _POSITION))
    return _valid(reference, total, position)


def _valid(reference: int, total: int, position: int) -> Part | None:
    return Part(reference, total, position) if 2 <= total <= 255 and 1 <= position <= total else None


class _Fields:
    """Reads one field after the other."""

    def __init__(self, data: bytes) -> None:
        self._left = data

    def octets(self, count: int) -> bytes:
        if len(self._left) < count:
            raise ValueError("a PDU ends too early")
        taken, self._left = self._left[:count], self._left[count:]
        return taken

    def number(self, octets: int = 1) -> int:
        return int.from_bytes(self.octets(octets))

    def string(self) -> str:
        """Up to its NUL."""
        end = self._left.find(b"\0")
        if end < 0:
            raise ValueError("a PDU ends within a string")
        return self.octets(end + 1)[:-1].decode("latin-1")

    def address(self) -> str:
        kind, _plan, number = self.number(), self.number(), self.string()
        return f"+{number}" if kind == 1 and number.isdigit() else number

    def options(self) -> Iterator[tuple[int, bytes]]:
        """Tag and value of each; a last one that is cut off is left out."""
        while len(self._left) >= 4:
            tag, length = self.number(2), self.number(2)
            yield tag, self.octets(min(length, len(self._left)))
