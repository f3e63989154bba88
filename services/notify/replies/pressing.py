"""A button pressed on a page is a reply like any other: kept, and asked of assign."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from services.notify.replies import store
from services.notify.replies.tables import Reply
from shared.events import replies
from shared.store import Unit, new_id

_WORDS = {"accept": "NHAN", "decline": "TUCHOI"}


@dataclass(frozen=True, slots=True)
class Pressed:
    """Who pressed what."""

    person: str
    phone: str
    code: str
    number: int
    command: Literal["accept", "decline"]
    channel: str
    """By which he was asked, and is told where it could not be done."""


async def press(unit: Unit, pressed: Pressed, at: datetime, province: str) -> None:
    """As if he had written `NHAN 3`."""
    word = _WORDS[pressed.command]
    reply = Reply(
        id=new_id(),
        at=at,
        phone=pressed.phone,
        person=pressed.person,
        text=f"{word} {pressed.number}",
        word=word,
        code=pressed.code,
        channel=pressed.channel,
    )
    await store.keep(unit, reply)
    event = replies.Received(
        reply_id=reply.id,
        at=at,
        phone=pressed.phone,
        person=pressed.person,
        command=pressed.command,
        code=pressed.code,
    )
    unit.publish(event, about=pressed.code, province=province, at=at)
