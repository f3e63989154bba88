"""Tickets whose next action fails: put off again and again, so they are never long overdue; the auditor names them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from services.assign.escalation.tables import FailingAction
from shared.clock import Clock
from shared.store import Unit
from shared.store.base import table_of
from shared.store.lean import fetch
from shared.telemetry import Counter

FRESH = timedelta(minutes=3)
"""A failure that was not seen again for so long is over."""
KEPT = timedelta(days=1)
FAILED = Counter("caunoi_due_failed_total", "Due actions that failed and were put off by a minute")
_TABLE = table_of(FailingAction).name
_NOTE = f"""
    insert into {_TABLE} (code, since, last, error)
    select code, $3, $3, error from unnest($1::text[], $2::text[]) as failed (code, error)
    on conflict (code) do update set error = excluded.error, last = excluded.last,
        since = case when {_TABLE}.last < $4 then excluded.since else {_TABLE}.since end"""  # noqa: S608
_FORGET = f"delete from {_TABLE} where code = any($1) or last < $2"  # noqa: S608
_FRESH = f"select code, since, error from {_TABLE} where last > $1 order by since, code limit $2"  # noqa: S608


@dataclass(frozen=True, slots=True)
class Failure:
    """`since`: real time, UTC."""

    since: datetime
    error: str


async def note(unit: Unit, failed: Mapping[str, Exception]) -> None:
    """These failed, by the ticket's code."""
    if failed:
        FAILED.inc(len(failed))
        now, errors = Clock.wall(), [type(error).__name__ for error in failed.values()]
        await fetch(unit.connection, _NOTE, list(failed), errors, now, now - FRESH)


async def forget(unit: Unit, done: list[str]) -> None:
    """These were done."""
    await fetch(unit.connection, _FORGET, done, Clock.wall() - KEPT)


async def failures(connection: AsyncConnection, most: int) -> dict[str, Failure]:
    """What fails now in any process, by the ticket's code, the oldest first."""
    found = await fetch(connection, _FRESH, Clock.wall() - FRESH, most)
    return {row["code"]: Failure(row["since"], row["error"]) for row in found}
