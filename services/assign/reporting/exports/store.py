"""Tickets for a file: how many there are, and their rows by a cursor of the server's, newest first."""

from collections.abc import AsyncGenerator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.assign.places.tables import AdministrativeUnit
from services.assign.reporting.exports.tickets import READ
from services.assign.reporting.exports.wanted import Wanted
from services.assign.tickets import store as tickets
from services.assign.tickets.tables import Ticket
from shared.store.base import table_of

CHUNK = 1_000
_STALLED = text("set local idle_in_transaction_session_timeout = '120s'")
"""Whoever takes nothing for so long loses the rest, and does not hold a connection of the pool for ever."""
_TICKET = table_of(Ticket)


def chosen(place: AdministrativeUnit | None, wanted: Wanted, now: datetime) -> Select[Any]:
    """The columns of `READ`. Problem 422 for days that make no period."""
    found = tickets.selection(
        statuses=wanted.statuses,
        units=[place.code] if place else [],
        overdue_at=now if wanted.filters.overdue else None,
    )
    if wanted.filters.category:
        found = found.where(_TICKET.c.category == wanted.filters.category)
    if period := wanted.period(now):
        found = found.where(_TICKET.c.submitted_at >= period.start, _TICKET.c.submitted_at < period.end)
    return found.with_only_columns(*(_TICKET.c[name] for name in READ))


async def count(connection: AsyncConnection, statement: Select[Any]) -> int:
    bare = statement.order_by(None).with_only_columns(_TICKET.c.code).subquery()
    return await connection.scalar(select(func.count()).select_from(bare)) or 0


async def chunks(connection: AsyncConnection, statement: Select[Any]) -> AsyncGenerator[Sequence[Any], None]:
    """Rows as they come, `CHUNK` at a time; never more than that in memory."""
    await connection.execute(_STALLED)
    async with connection.stream(statement, execution_options={"yield_per": CHUNK}) as found:
        async for rows in found.partitions():
            yield rows
