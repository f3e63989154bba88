"""What a team has before it. Every query is served by an index and bounded."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import RowMapping, func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from services.assign.offers.tables import Offer
from services.assign.reading import many
from services.assign.tickets.lifecycle import OWNED, Status
from services.assign.tickets.tables import Change, Ticket, TicketRequest

MOST = 50
"""Tickets of each kind on one page. A team holds five; more than these is a flood, and the page says so."""
VOICES = 3
"""Requests of one ticket that are shown in full."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A ticket that a team was asked to take, and has not answered."""

    ticket: Ticket
    metres: float
    at: datetime


@dataclass(frozen=True, slots=True)
class Voices:
    """What was said to one ticket, oldest first, and how many more said something."""

    first: list[TicketRequest]
    more: int


async def asked(connection: AsyncConnection, team: str) -> list[Asked]:
    """Open offers of a team, the promise that falls due first before all others."""
    waiting = (
        select(Ticket, col(Offer.metres).label("offer_metres"), col(Offer.at).label("offer_at"))
        .join(Offer, col(Offer.code) == col(Ticket.code))
        .where(col(Offer.team) == team, col(Offer.outcome) == "open", col(Ticket.status) == Status.OFFERED)
        .order_by(col(Ticket.response_due), col(Ticket.code))
        .limit(MOST)
    )
    found = (await connection.execute(waiting)).mappings()
    return [Asked(_ticket(row), row["offer_metres"], row["offer_at"]) for row in found]


async def in_hand(connection: AsyncConnection, team: str) -> list[Ticket]:
    """What a team has accepted and not finished; what waits for an appointment last."""
    theirs = select(Ticket).where(col(Ticket.team) == team, col(Ticket.status).in_(sorted(OWNED)))
    waits_last = (col(Ticket.status) == Status.WAITING, col(Ticket.resolution_due), col(Ticket.code))
    return await many(connection, Ticket, theirs.order_by(*waits_last).limit(MOST))


async def lately_done(connection: AsyncConnection, team: str) -> list[Ticket]:
    """What is done and may still be objected to, newest first."""
    done = select(Ticket).where(col(Ticket.team) == team, col(Ticket.status) == Status.RESOLVED)
    return await many(connection, Ticket, done.order_by(col(Ticket.resolved_at).desc()).limit(MOST))


async def voices(connection: AsyncConnection, codes: Sequence[str]) -> dict[str, Voices]:
    """What residents said, by ticket: sixty callers about one cut fibre are one ticket."""
    place = func.row_number().over(partition_by=col(TicketRequest.code), order_by=col(TicketRequest.submitted_at))
    total = func.count().over(partition_by=col(TicketRequest.code))
    said = (
        select(TicketRequest, place.label("place"), total.label("total"))
        .where(col(TicketRequest.code).in_(list(codes)))
        .subquery()
    )
    found = await connection.execute(select(said).where(said.c.place <= VOICES).order_by(said.c.code, said.c.place))
    by_code: dict[str, Voices] = {}
    for row in found.mappings():
        request = TicketRequest(**{name: row[name] for name in TicketRequest.model_fields})
        heard = by_code.setdefault(request.code, Voices([], max(0, row["total"] - VOICES)))
        heard.first.append(request)
    return by_code


async def last_words(connection: AsyncConnection, codes: Sequence[str]) -> dict[str, str]:
    """Why each ticket waits, or was opened again: the last reason that somebody gave."""
    words = (
        select(col(Change.code), col(Change.note))
        .where(
            col(Change.code).in_(list(codes)),
            col(Change.event).in_(["tickets.waiting", "tickets.reopened"]),
            col(Change.note).is_not(None),
        )
        .ext(distinct_on(col(Change.code)))
        .order_by(col(Change.code), col(Change.id).desc())
    )
    return {row.code: row.note for row in await connection.execute(words)}


def _ticket(row: RowMapping) -> Ticket:
    return Ticket(**{name: row[name] for name in Ticket.model_fields})
