"""Every query about tickets, their requests and their history."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select, text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from services.assign.tickets.tables import Change, Ticket, TicketRequest
from shared.store import Unit
from shared.store.base import table_of
from shared.store.lean import Lean, fetch

TICKETS, REQUESTS, CHANGES = Lean(Ticket), Lean(TicketRequest), Lean(Change)
_TICKET = table_of(Ticket)
_FIXED = frozenset({"code", "submitted_at", "channel", "policy"})
_CHANGED = tuple(column.name for column in _TICKET.columns if column.name not in _FIXED)
_REQUEST_CHANGED = ("phone", "requester_name", "description", "language", "revision")
STEP, ASK = "next_action not in ('widen', 'look_again')", "next_action in ('widen', 'look_again')"
"""Which of two indexes has a ticket's next action: a step that changes it alone, or one that asks a team."""
_OLDEST_FIRST = "order by next_at, response_due limit $2 for update skip locked"
_DUE = f"where next_at <= $1 and {STEP} {_OLDEST_FIRST}"
_ASKING = f"where next_at <= $1 and {ASK} {_OLDEST_FIRST}"
_NEXT = f"select least((select min(next_at) from ticket where {STEP}), (select min(next_at) from ticket where {ASK}))"  # noqa: S608
_POSTPONE = "update ticket set next_at = $3 where code = any($1) and next_at <= $2"


async def take(unit: Unit, code: str) -> Ticket | None:
    """The ticket, locked until the end of the unit of work."""
    return await TICKETS.one(unit.connection, "where code = $1 for update", code)


async def take_due(unit: Unit, now: datetime, most: int) -> list[Ticket]:
    """Tickets with a due step, oldest first; those that another process has are skipped."""
    return await TICKETS.many(unit.connection, _DUE, now, most)


async def take_asking(unit: Unit, now: datetime, most: int) -> list[Ticket]:
    """The same of tickets for which another team is to be asked (`next_action.ASKS`)."""
    return await TICKETS.many(unit.connection, _ASKING, now, most)


async def next_due(connection: AsyncConnection) -> datetime | None:
    """When the next action of any ticket is due."""
    [(soonest,)] = await fetch(connection, _NEXT)
    return soonest


async def postpone(unit: Unit, codes: Sequence[str], now: datetime, by: timedelta) -> None:
    """Their action failed: not before so long again; what somebody else has done meanwhile stays."""
    if codes:
        await fetch(unit.connection, _POSTPONE, codes, now, now + by)


async def last_changed_at(connection: AsyncConnection, code: str) -> datetime | None:
    """When something last happened to a ticket."""
    [(last,)] = await fetch(connection, "select max(at) from change where code = $1", code)
    return last


async def find(connection: AsyncConnection, code: str) -> Ticket | None:
    return await TICKETS.one(connection, "where code = $1", code)


async def known(connection: AsyncConnection, codes: Iterable[str]) -> set[str]:
    """Which of these codes are tickets."""
    return {code for (code,) in await fetch(connection, "select code from ticket where code = any($1)", list(codes))}


async def add(unit: Unit, tickets: Sequence[Ticket]) -> None:
    for ticket in tickets:
        _falls_due(unit, ticket)
    await TICKETS.add(unit.connection, [TICKETS.as_mapping(ticket) for ticket in tickets])


async def save(unit: Unit, tickets: Sequence[Ticket]) -> None:
    """Write what may change; the caller holds the rows' locks."""
    for ticket in tickets:
        _falls_due(unit, ticket)
    await TICKETS.change(unit.connection, tickets, _CHANGED)


def _falls_due(unit: Unit, ticket: Ticket) -> None:
    if ticket.next_at:
        unit.falls_due(ticket.next_at)


async def take_all(unit: Unit, codes: Sequence[str]) -> list[Ticket]:
    """These tickets, locked until the end of the unit of work."""
    return await TICKETS.many(unit.connection, "where code = any($1) order by code for update", list(codes))


async def save_counted(unit: Unit, tickets: Sequence[Ticket]) -> None:
    """Write what the figures hold of them."""
    await TICKETS.change(unit.connection, tickets, ("counted", "response_worked_s", "resolution_worked_s"))


async def save_policy(unit: Unit, ticket: Ticket) -> None:
    """Write what the ticket is promised by, which else never changes."""
    await TICKETS.change(unit.connection, [ticket], ("policy",))


async def add_requests(unit: Unit, rows: Sequence[dict[str, Any]]) -> None:
    await REQUESTS.add(unit.connection, rows)


async def requests_of(connection: AsyncConnection, code: str) -> list[TicketRequest]:
    """The ticket's requests, oldest first."""
    return await REQUESTS.many(connection, "where code = $1 order by submitted_at", code)


async def request_by_id(unit: Unit, id: UUID) -> TicketRequest | None:
    return await REQUESTS.one(unit.connection, "where id = $1 for update", id)


async def save_request(unit: Unit, request: TicketRequest) -> None:
    await REQUESTS.change(unit.connection, [request], _REQUEST_CHANGED)


async def add_changes(unit: Unit, rows: Sequence[dict[str, Any]]) -> None:
    await CHANGES.add(unit.connection, rows)


async def history(connection: AsyncConnection, code: str) -> list[Change]:
    """All changes of a ticket, oldest first."""
    return await CHANGES.many(connection, "where code = $1 order by id", code)


def change_of(found: dict[str, Any]) -> Change:
    """A change as PostgreSQL writes it in JSON."""
    at: Any = datetime.fromisoformat(found["at"])
    return CHANGES.record(**found | {"at": at})


async def listed(connection: AsyncConnection, statement: Select[Any], most: int) -> list[Ticket]:
    """The first tickets of a selection."""
    return [TICKETS.record(**row) for row in (await connection.execute(statement.limit(most))).mappings()]


def selection(
    *,
    statuses: Sequence[str] = (),
    units: Sequence[str] = (),
    team: str | None = None,
    asked_team: str | None = None,
    overdue_at: datetime | None = None,
    after: tuple[datetime, str] | None = None,
) -> Select[Any]:
    """Tickets, newest first: of these states, below all of these units, a team's or asked of it, overdue then."""
    chosen = select(_TICKET).order_by(_TICKET.c.submitted_at.desc(), _TICKET.c.code.desc())
    if statuses:
        chosen = chosen.where(_TICKET.c.status.in_(list(statuses)))
    if units:
        chosen = chosen.where(_TICKET.c.unit_path.contains(list(units)))
    if team:
        chosen = chosen.where(_TICKET.c.team == team)
    if asked_team:
        chosen = chosen.where((_TICKET.c.team == asked_team) | _has_open_offer(asked_team))
    if overdue_at:
        chosen = chosen.where(_overdue(overdue_at))
    if after:
        chosen = chosen.where(
            text("(ticket.submitted_at, ticket.code) < (:after_at, :after_code)").bindparams(
                after_at=after[0], after_code=after[1]
            )
        )
    return chosen


def _overdue(now: datetime) -> Any:
    """A clock that is not met is past its due time; a paused one is not."""
    running = _TICKET.c.status.not_in(["closed", "cancelled", "resolved", "waiting"])
    response = _TICKET.c.response_met_at.is_(None) & (_TICKET.c.response_due < now)
    resolution = _TICKET.c.resolution_met_at.is_(None) & (_TICKET.c.resolution_due < now)
    return running & (response | resolution)


def _has_open_offer(team: str) -> Any:
    from services.assign.offers.tables import Offer

    return _TICKET.c.code.in_(select(col(Offer.code)).where(col(Offer.team) == team, col(Offer.outcome) == "open"))
