"""Every query about channels that were closed by their other side, until an administrator opens them again."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from services.notify.base import one_of
from services.notify.channels.tables import ClosedChannel
from shared.store import Unit


@dataclass(frozen=True, slots=True)
class Closed:
    """Since when, and the other side's word."""

    at: datetime
    reason: str


async def close(unit: Unit, channel: str, reason: str, at: datetime) -> None:
    """From here on nothing is sent there. Of several that close it the first one stands."""
    statement = insert(ClosedChannel).values(channel=channel, closed_at=at, reason=reason)
    await unit.execute(statement.on_conflict_do_nothing())


async def open_again(unit: Unit, channel: str) -> bool:
    """Send there again; False where it was not closed."""
    return (await unit.execute(delete(ClosedChannel).where(col(ClosedChannel.channel) == channel))).rowcount == 1


async def closed_of(connection: AsyncConnection, channels: Iterable[str]) -> dict[str, Closed]:
    """Those of these channels that are closed."""
    statement = select(col(ClosedChannel.channel), col(ClosedChannel.closed_at), col(ClosedChannel.reason))
    rows = await connection.execute(statement.where(one_of(col(ClosedChannel.channel), channels)))
    return {row[0]: Closed(row[1], row[2]) for row in rows}
