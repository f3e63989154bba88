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
from services.notify.asking.store import is_open
from services.notify.base import one_of
from services.notify.channels.inbound import Text
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
    return Sender(jobs, own, bool(people), await is_open(connection, phone))


async def unseen(unit: Unit, texts: Sequence[Text]) -> list[Text]:
    """Those of these texts that did not come before: each once, in their order."""
    channels, keys = [text.channel for text in texts], [text.key for text in texts]
    pairs = one_of(col(Reply.channel), channels) & one_of(col(Reply.channel_key), keys)
    rows = await unit.connection.execute(select(col(Reply.channel), col(Reply.channel_key)).where(pairs))
    seen = {(row[0], row[1]) for row in rows}
    new = {(text.channel, text.key): text for text in reversed(texts) if (text.channel, text.key) not in seen}
    return [text for text in texts if new.get((text.channel, text.key)) is text]


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
    address: str | None


async def kept(connection: AsyncConnection, id: UUID) -> Kept | None:
    """A reply by its id."""
    fields = (Reply.phone, Reply.person, Reply.word, Reply.code, Reply.channel, Reply.address)
    statement = select(*(col(field) for field in fields))
    row = (await connection.execute(statement.where(col(Reply.id) == id))).first()
    return Kept(*row) if row else None


async def replies_from(connection: AsyncConnection, phone: str, most: int) -> list[tuple[datetime, str]]:
    """The last that was written from this phone, oldest first: when, and what."""
    newest = select(col(Reply.at), col(Reply.text)).where(col(Reply.phone) == phone).order_by(col(Reply.id).desc())
    rows = (await connection.execute(newest.limit(most))).all()
    return [(at, text) for at, text in reversed(rows)]
