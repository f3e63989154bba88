"""Every query about replies, and what a sender's words can mean."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from services.notify.alerts.tables import ShortNumber
from services.notify.base import one_of
from services.notify.contacts.choosing import Person, once_a_ticket
from services.notify.contacts.store import requesters_with_phone
from services.notify.replies.choosing import Job, Own, Sender
from services.notify.replies.tables import Reply
from services.notify.tickets.store import tickets_of
from services.notify.tickets.tables import Offer, OfferEnd, Ticket
from shared.store import Unit

_MOST = 100
_ASKING = ("new", "offered")


async def jobs_of(connection: AsyncConnection, people: Sequence[Person]) -> list[Job]:
    """Tickets these people were told of, the newest first."""
    ended = func.coalesce(col(OfferEnd.version), 0)
    asked = (
        select(literal(True))
        .select_from(Offer)
        .outerjoin(OfferEnd, (col(OfferEnd.code) == col(Offer.code)) & (col(OfferEnd.team) == col(Offer.team)))
        .where(col(Offer.code) == col(ShortNumber.code), col(Offer.team) == col(ShortNumber.team))
        .where(ended <= col(Offer.version), col(Ticket.status).in_(_ASKING))
        .exists()
    )
    statement = (
        select(
            col(ShortNumber.person),
            col(ShortNumber.code),
            col(ShortNumber.number),
            func.coalesce(col(Ticket.status), "new"),
            asked,
            func.coalesce(col(Ticket.member) == col(ShortNumber.person), False),
        )
        .outerjoin(Ticket, col(Ticket.code) == col(ShortNumber.code))
        .where(one_of(col(ShortNumber.person), [person.id for person in people]))
        .order_by(col(ShortNumber.given_at).desc(), col(ShortNumber.number).desc())
        .limit(_MOST)
    )
    return [Job(*row) for row in await connection.execute(statement)]


async def sender_of(connection: AsyncConnection, phone: str, people: Sequence[Person]) -> Sender:
    """All that a text from this phone can mean."""
    asked_for = once_a_ticket(await requesters_with_phone(connection, phone))
    known = await tickets_of(connection, [one.code for one in asked_for]) if asked_for else {}
    own = [Own(one.code, known[one.code].status if one.code in known else "new") for one in asked_for]
    jobs = await jobs_of(connection, people) if people else []
    return Sender(jobs, own, bool(people))


async def keep(unit: Unit, reply: Reply) -> None:
    """Write down what came, and what it was taken for."""
    await unit.execute(insert(Reply).values(**reply.model_dump()))


@dataclass(frozen=True, slots=True)
class Kept:
    """What is needed to answer a reply later."""

    phone: str
    person: str | None
    word: str | None
    code: str | None
    channel: str


async def kept(connection: AsyncConnection, id: UUID) -> Kept | None:
    """A reply by its id."""
    statement = select(col(Reply.phone), col(Reply.person), col(Reply.word), col(Reply.code), col(Reply.channel))
    row = (await connection.execute(statement.where(col(Reply.id) == id))).first()
    return Kept(*row) if row else None


async def replies_from(connection: AsyncConnection, phone: str, most: int) -> list[tuple[datetime, str]]:
    """The last that was written from this phone, oldest first: when, and what."""
    newest = select(col(Reply.at), col(Reply.text)).where(col(Reply.phone) == phone).order_by(col(Reply.id).desc())
    rows = (await connection.execute(newest.limit(most))).all()
    return [(at, text) for at, text in reversed(rows)]
