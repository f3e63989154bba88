"""Messages that wait for a channel that is there no more."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlmodel import col

from services.notify.messages.store.claiming import CLAIMED, Claimed
from services.notify.messages.tables import Message
from shared.clock import Clock
from shared.store import Unit


async def take_stranded(unit: Unit, known: Sequence[str], now: datetime, most: int) -> list[Claimed]:
    """They have failed. What a sender held when the channel went counts once its lease is over."""
    is_left = (col(Message.state) == "sending") & (col(Message.lease_until) < Clock.wall())
    stranded = (
        select(col(Message.id))
        .where(col(Message.channel).not_in(known), (col(Message.state) == "queued") | is_left)
        .limit(most)
        .with_for_update(skip_locked=True)
        .cte("stranded")
    )
    failed = {"state": "failed", "reason": "channel_gone", "state_at": now, "claimed_by": None, "lease_until": None}
    statement = update(Message).where(col(Message.id) == stranded.c.id).values(**failed)
    return [Claimed(*row) for row in await unit.execute(statement.returning(*CLAIMED))]
