"""A channel's tokens, shared by all its senders."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from services.notify.messages.buckets import Bucket
from services.notify.messages.tables import ChannelTokens
from shared.store import Unit


async def tokens(unit: Unit, channel: str, bucket: Bucket, now: datetime) -> float:
    """How many there are now; held until the commit."""
    new = insert(ChannelTokens).values(channel=channel, tokens=bucket.capacity, at=now)
    await unit.execute(new.on_conflict_do_nothing())
    mine = select(col(ChannelTokens.tokens), col(ChannelTokens.at)).where(col(ChannelTokens.channel) == channel)
    row = (await unit.execute(mine.with_for_update())).one()
    return min(float(bucket.capacity), row.tokens + max(0.0, (now - row.at) / bucket.refill))


async def keep_tokens(unit: Unit, channel: str, left: float, now: datetime) -> None:
    """What is left after some were taken; below nothing where urgent messages passed."""
    await unit.execute(update(ChannelTokens).where(col(ChannelTokens.channel) == channel).values(tokens=left, at=now))
