"""Every query about tickets, their requests and their history."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Table, bindparam, func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from services.assign.tickets.tables import Change, Ticket, TicketRequest
from shared.store import Unit, record_of

TicketRecord, RequestRecord, ChangeRecord = record_of(Ticket), record_of(TicketRequest), record_of(Change)
_TICKET: Table = Ticket.__table__  # pyright: ignore[reportAttributeAccessIssue]  (set by the table class)
_REQUEST: Table = TicketRequest.__table__  # pyright: ignore[reportAttributeAccessIssue]
_CHANGE: Table = Change.__table__  # pyright: ignore[reportAttributeAccessIssue]
_FIXED = frozenset({"code", "submitted_at", "channel", "policy"})
_UPDATED = [column.name for column in _TICKET.columns if column.name not in _FIXED]
_UPDATE = (
    update(_TICKET)
    .where(_TICKET.c.code == bindparam("the_code"))
    .values({name: bindparam(f"new_{name}") for name in _UPDATED})
)


async def take(unit: Unit, code: str) -> Ticket | None:
    """The ticket, locked until the end of the unit of work."""
    return _one(await unit.execute(select(_TICKET).where(_TICKET.c.code == code).with_for_update()))


async def take_due(unit: Unit, now: datetime, most: int) -> list[Ticket]:
    """Tickets whose next action is due, oldest promise first; those that another process has are skipped."""
    due = (
        select(_TICKET)
        .where(_TICKET.c.next_at <= now)
        .order_by(_TICKET.c.next_at, _TICKET.c.response_due)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    return [TicketRecord(**row) for row in (await unit.execute(due)).mappings()]


async def next_due(connection: AsyncConnection) -> datetime | None:
    """When the next action of any ticket is due."""
    return await connection.scalar(
        select(_TICKET.c.next_at).where(_TICKET.c.next_at.is_not(None)).order_by(_TICKET.c.next_at).limit(1)
    )


async def postpone(unit: Unit, code: str, until: datetime) -> None:
    """Its action failed: not before `until` again."""
    await unit.execute(update(_TICKET).where(_TICKET.c.code == code).values(next_at=until))


async def audit(connection: AsyncConnection, late_before: datetime) -> tuple[int, list[str]]:
    """How many tickets have not ended, and the codes of those with no next action or one long overdue (100 at most)."""
    lives = _TICKET.c.status.not_in(["closed", "cancelled"])
    lost = _TICKET.c.next_at.is_(None) | (_TICKET.c.next_at < late_before)
    alive = await connection.scalar(select(func.count()).select_from(_TICKET).where(lives))
    forgotten = await connection.execute(select(_TICKET.c.code).where(lives, lost).order_by(_TICKET.c.code).limit(100))
    return alive or 0, list(forgotten.scalars())


async def find(connection: AsyncConnection, code: str) -> Ticket | None:
    return _one(await connection.execute(select(_TICKET).where(_TICKET.c.code == code)))


async def known(connection: AsyncConnection, codes: Iterable[str]) -> set[str]:
    """Which of these codes are tickets."""
    return set((await connection.execute(select(_TICKET.c.code).where(_TICKET.c.code.in_(list(codes))))).scalars())


async def add(unit: Unit, tickets: Sequence[Ticket]) -> None:
    if tickets:
        await unit.execute(insert(_TICKET), [as_row(ticket) for ticket in tickets])


async def save(unit: Unit, ticket: Ticket) -> None:
    """Write what may change; the caller holds the row's lock."""
    await unit.execute(_UPDATE, {"the_code": ticket.code} | {f"new_{name}": getattr(ticket, name) for name in _UPDATED})


async def add_requests(unit: Unit, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        await unit.execute(insert(_REQUEST), list(rows))


async def requests_of(connection: AsyncConnection, code: str) -> list[TicketRequest]:
    """The ticket's requests, oldest first."""
    found = await connection.execute(select(_REQUEST).where(_REQUEST.c.code == code).order_by(_REQUEST.c.submitted_at))
    return [RequestRecord(**row) for row in found.mappings()]


async def request_by_id(unit: Unit, id: UUID) -> TicketRequest | None:
    row = (await unit.execute(select(_REQUEST).where(_REQUEST.c.id == id).with_for_update())).mappings().first()
    return RequestRecord(**row) if row else None


async def save_request(unit: Unit, request: TicketRequest) -> None:
    values = {column.name: getattr(request, column.name) for column in _REQUEST.columns if column.name != "id"}
    await unit.execute(update(_REQUEST).where(_REQUEST.c.id == request.id).values(values))


async def add_changes(unit: Unit, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        await unit.execute(insert(_CHANGE), list(rows))


async def history(connection: AsyncConnection, code: str) -> list[Change]:
    """All changes of a ticket, oldest first."""
    found = await connection.execute(select(_CHANGE).where(_CHANGE.c.code == code).order_by(_CHANGE.c.id))
    return [ChangeRecord(**row) for row in found.mappings()]


async def listed(connection: AsyncConnection, statement: Select[Any], most: int) -> list[Ticket]:
    """The first tickets of a selection."""
    return [TicketRecord(**row) for row in (await connection.execute(statement.limit(most))).mappings()]


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


def as_row(ticket: Ticket) -> dict[str, Any]:
    return {column.name: getattr(ticket, column.name) for column in _TICKET.columns}


def _one(found: Any) -> Ticket | None:
    row = found.mappings().first()
    return TicketRecord(**row) if row else None
