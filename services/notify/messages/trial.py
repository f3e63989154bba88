"""A trial: one marked text to an address that an administrator types, by the same way as every message."""

import asyncio
import re
from datetime import datetime, timedelta
from typing import Any

from services.notify.channels.channel import AddressKind, Channel
from services.notify.messages.api import ADDRESS
from services.notify.messages.channel_figures import trial_of
from services.notify.messages.new import NewMessage
from services.notify.messages.store import queue
from shared.clock import local
from shared.service import Service
from shared.store import new_id
from shared.vietnam.phones import parse_phone

WORTH = timedelta(minutes=10)
WAIT_S = 4.0
"""How long whoever asked waits for the result; what takes longer is seen by looking again."""
_CHAT = re.compile(r"[\w@.:-]{1,128}", re.ASCII)


def address_in(typed: str, kind: AddressKind) -> str | None:
    """The address as the channel needs it, or None where it is none of its kind."""
    typed = typed.strip()
    if kind == "phone":
        return parse_phone(typed)
    return typed if re.fullmatch(ADDRESS if kind == "email" else _CHAT, typed) else None


async def send_trial(service: Service, channel: Channel, address: str) -> str:
    """Queue it and wait a little for what becomes of it; returns its name for `result_of`."""
    at = service.clock.now()
    message = _trial(channel, address, at)
    async with service.store.begin() as unit:
        await queue(unit, [message])
    for cycle in service.cycles:
        cycle.wake()
    ends = asyncio.get_running_loop().time() + WAIT_S
    while asyncio.get_running_loop().time() < ends:
        found = await result_of(service, channel.name, message.correlation)
        if found and (found.state not in ("queued", "sending") or (found.tries and found.state == "queued")):
            break
        await asyncio.sleep(0.1)
    return message.correlation


async def result_of(service: Service, channel: str, name: str) -> Any:
    """The trial's row as `fate` reads it, or None where there is none, or it is long ago."""
    async with service.store.read() as connection:
        return await trial_of(connection, channel, name, service.clock.now())


def _trial(channel: Channel, address: str, at: datetime) -> NewMessage:
    """Marked in the text, without diacritics, one part."""
    time = local(at).strftime("%H:%M:%S")
    is_phone = channel.address_kind == "phone"
    return NewMessage(
        alert="answer",
        phone=address if is_phone else "",
        address=None if is_phone else address,
        text=f"[THU] Cau Noi: tin thu kenh {channel.name}, luc {time}. Khong can lam gi.",
        channels=(channel.name,),
        priority=0,
        created_at=at,
        not_before=at,
        expires_at=at + WORTH,
        correlation=f"trial-{new_id()}",
    )
