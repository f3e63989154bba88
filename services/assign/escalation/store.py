"""Every query of the auditor: over open tickets alone, each on an index."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from asyncpg import Record
from sqlalchemy.ext.asyncio import AsyncConnection

from services.assign.tickets.lifecycle import ENDED, Status
from services.assign.tickets.store import ASK, STEP
from shared.store.lean import fetch

MOST = 100
SOON = timedelta(hours=1)
_ALIVE = [status.value for status in Status if status not in ENDED]
_OPEN = "select count(*) from ticket where status = any($1)"
_WITHOUT = """
    select code, unit_path, next_action, next_at, count(*) over () as of_all from ticket
    where status = any($1) and (next_at is null or next_action is null) order by code limit $2"""
_OVERDUE = f"""
    select (select count(*) from ticket where next_at <= $1 and {STEP})
        + (select count(*) from ticket where next_at <= $1 and {ASK})"""  # noqa: S608  (constants only)
_PLAN = "select code, unit_path, next_action, next_at, response_due from ticket where next_at < $1"
_OLDEST = "order by next_at, response_due limit $2"
_LATE = f"({_PLAN} and {STEP} {_OLDEST}) union all ({_PLAN} and {ASK} {_OLDEST}) {_OLDEST}"
_SOON = "select next_action from ticket where next_at > $1 and next_at <= $2"
_COMING = f"""
    select next_action, count(*) from ({_SOON} and {STEP} union all {_SOON} and {ASK}) soon
    group by 1 order by 2 desc, 1"""  # noqa: S608  (constants only)


@dataclass(frozen=True, slots=True)
class Planned:
    """A ticket with its next action, if it has any. `unit_path`: codes from the province down."""

    code: str
    unit_path: Sequence[str]
    action: str | None
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Found:
    """What one look over all open tickets found."""

    open: int
    without: int
    """Open tickets without a next action or its time; the first are `named`."""
    named: Sequence[Planned]
    overdue: int
    """Actions whose time has come and which are not done yet: the backlog of the due cycle."""
    late: Sequence[Planned]
    """Those that should have been done long ago, the oldest first; the first `MOST`."""
    coming: dict[str, int]
    """How many actions of each kind fall due in the next hour."""


async def look(connection: AsyncConnection, now: datetime, late_before: datetime) -> Found:
    """One look; `late_before` is the time before which an action that is not done is long overdue."""
    [(alive,)] = await fetch(connection, _OPEN, _ALIVE)
    without = await fetch(connection, _WITHOUT, _ALIVE, MOST)
    [(overdue,)] = await fetch(connection, _OVERDUE, now)
    late = await fetch(connection, _LATE, late_before, MOST)
    coming = await fetch(connection, _COMING, now, now + SOON)
    return Found(
        open=alive,
        without=without[0]["of_all"] if without else 0,
        named=[_planned(row) for row in without],
        overdue=overdue,
        late=[_planned(row) for row in late],
        coming={row[0]: row[1] for row in coming},
    )


def _planned(row: Record) -> Planned:
    return Planned(row["code"], row["unit_path"], row["next_action"], row["next_at"])
