"""A message goes on by another way out."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from services.notify.base import one_of
from services.notify.messages.store.claiming import Claimed
from services.notify.messages.tables import Message
from shared.store import Unit, new_id
from shared.vietnam.sms import parts


async def continue_on(unit: Unit, message: Claimed, channel: str, text: str, at: datetime) -> None:
    """Send it on another way out, written anew: a message of its own."""
    length = parts(text)
    rest = message.further_channels[message.further_channels.index(channel) + 1 :]
    same = [column for column in Message.__table__.columns if column.name not in _RENEWED]  # pyright: ignore[reportAttributeAccessIssue]
    renewed = {
        "id": new_id(),
        "created_at": at,
        "channel": channel,
        "text": text,
        "parts": length.parts,
        "encoding": length.coding,
        "further_channels": rest,
        "state": "queued",
        "state_at": at,
        "reason": None,
        "bundles": False,
        "resent": False,
        "tries": 0,
        "not_before": at,
        "claimed_by": None,
        "lease_until": None,
    }
    original = (await unit.execute(select(*same).where(col(Message.id) == message.id))).one()
    first = original.goes_on_from or message.id
    # Nobody is sent the same on the same way twice, whatever is said of this one later.
    await unit.execute(update(Message).where(col(Message.id) == message.id).values(further_channels=[]))
    await unit.execute(insert(Message).values(**{**original._mapping, **renewed, "goes_on_from": first}))


_RENEWED = frozenset(
    {
        *("id", "created_at", "channel", "further_channels", "state", "state_at", "reason"),
        *("text", "parts", "encoding", "price", "resent", "tries", "not_before", "claimed_by", "lease_until"),
        *("bundled_in", "bundles", "receipt_due", "provider_id", "sent_at", "delivered_at", "on_its_way_at"),
    }
)
"""What another message has of its own; what is not written anew is empty."""


async def withdraw_goings_on(unit: Unit, ids: Sequence[UUID], now: datetime) -> None:
    """These have arrived: what was to go on by other ways stays here, and what has left already goes on no more."""
    firsts = select(func.coalesce(col(Message.goes_on_from), col(Message.id))).where(one_of(col(Message.id), ids))
    others = update(Message).where(col(Message.goes_on_from).in_(firsts))
    waiting = others.where(col(Message.state) == "queued")
    await unit.execute(waiting.values(state="expired", reason="arrived", state_at=now))
    leaving = others.where(col(Message.state).in_(("sending", "sent")))
    await unit.execute(leaving.values(receipt_due=None, further_channels=[]))
