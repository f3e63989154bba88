"""How each channel fares, counted from its messages; and every query of the page that shows it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, and_, func, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from services.notify.base import one_of
from services.notify.messages.listing import Try
from services.notify.messages.tables import Attempt, Message

HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(days=7)
TRIES_SHOWN = 10
_GONE = ("sent", "delivered")


@dataclass(frozen=True, slots=True)
class Count:
    """Messages that left, and those that failed for good."""

    sent: int = 0
    failed: int = 0


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one channel. Successes are sought a week back, failures a day."""

    waiting: int = 0
    hour: Count = field(default_factory=Count)
    day: Count = field(default_factory=Count)
    last_success: datetime | None = None
    last_failure: Try | None = None
    tries: Sequence[Try] = ()
    """The newest first."""


async def figures_of(connection: AsyncConnection, channels: Sequence[str], now: datetime) -> dict[str, Figures]:
    """By name."""
    waiting = await _waiting(connection, channels)
    counts = await _counts(connection, channels, now)
    found: dict[str, Figures] = {}
    for channel in channels:
        hour, day = counts.get(channel, (Count(), Count()))
        found[channel] = Figures(
            waiting=waiting.get(channel, 0),
            hour=hour,
            day=day,
            last_success=await _last_success(connection, channel, now),
            last_failure=await _last_failure(connection, channel, now),
            tries=await _tries(connection, channel),
        )
    return found


async def trial_of(connection: AsyncConnection, channel: str, name: str, now: datetime) -> Row[*tuple[Any, ...]] | None:
    """The message of a trial within the last hour."""
    columns = Message.__table__.columns  # pyright: ignore[reportAttributeAccessIssue]  (SQLModel adds it)
    mine = (col(Message.channel) == channel, col(Message.state_at) >= now - HOUR, col(Message.correlation) == name)
    return (await connection.execute(select(*columns).where(*mine).limit(1))).first()


async def _waiting(connection: AsyncConnection, channels: Sequence[str]) -> dict[str, int]:
    statement = (
        select(col(Message.channel), func.count())
        .where(col(Message.state) == "queued", one_of(col(Message.channel), channels))
        .group_by(col(Message.channel))
    )
    return {row[0]: row[1] for row in await connection.execute(statement)}


async def _counts(
    connection: AsyncConnection, channels: Sequence[str], now: datetime
) -> dict[str, tuple[Count, Count]]:
    gone, failed = col(Message.state).in_(_GONE), col(Message.state) == "failed"
    recent = col(Message.state_at) >= now - HOUR
    statement = (
        select(
            col(Message.channel),
            func.count().filter(and_(gone, recent)),
            func.count().filter(and_(failed, recent)),
            func.count().filter(gone),
            func.count().filter(failed),
        )
        .where(one_of(col(Message.channel), channels), col(Message.state_at) >= now - DAY)
        .group_by(col(Message.channel))
    )
    rows = await connection.execute(statement)
    return {row[0]: (Count(row[1], row[2]), Count(row[3], row[4])) for row in rows}


async def _last_success(connection: AsyncConnection, channel: str, now: datetime) -> datetime | None:
    statement = (
        select(col(Message.sent_at))
        .where(col(Message.channel) == channel, col(Message.state_at) >= now - WEEK, col(Message.state).in_(_GONE))
        .order_by(col(Message.state_at).desc())
        .limit(1)
    )
    return await connection.scalar(statement)


async def _last_failure(connection: AsyncConnection, channel: str, now: datetime) -> Try | None:
    """A message that failed for good, or waits because it was refused."""
    statement = (
        select(col(Message.state_at), col(Message.state), col(Message.reason))
        .where(
            col(Message.channel) == channel,
            col(Message.state_at) >= now - DAY,
            col(Message.state).in_(("failed", "queued")),
            col(Message.reason).is_not(None),
        )
        .order_by(col(Message.state_at).desc())
        .limit(1)
    )
    row = (await connection.execute(statement)).first()
    return Try(row[0], "permanent" if row[1] == "failed" else "temporary", row[2]) if row else None


async def _tries(connection: AsyncConnection, channel: str) -> list[Try]:
    """Of the messages in which something happened last: what went wrong, and what went well."""
    newest = (
        select(col(Message.id), col(Message.state), col(Message.sent_at))
        .where(col(Message.channel) == channel)
        .order_by(col(Message.state_at).desc())
        .limit(TRIES_SHOWN)
        .subquery()
    )
    good = await connection.execute(select(newest.c.sent_at, newest.c.state).where(newest.c.sent_at.is_not(None)))
    bad = await connection.execute(
        select(col(Attempt.at), col(Attempt.outcome), col(Attempt.reason))
        .join(newest, newest.c.id == col(Attempt.message_id))
        .order_by(col(Attempt.at).desc())
        .limit(TRIES_SHOWN)
    )
    tries = [Try(at, "delivered" if state == "delivered" else "sent") for at, state in good]
    tries += [Try(*row) for row in bad]
    return sorted(tries, key=lambda one: one.at, reverse=True)[:TRIES_SHOWN]
