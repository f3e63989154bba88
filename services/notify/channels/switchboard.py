"""What `/phones` shows: which phones, whose they are, what was said on each. Queries and their joining."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from services.notify.base import one_of
from services.notify.channels import phones
from services.notify.channels.tables import SimulatedText
from services.notify.contacts import store as contacts
from services.notify.contacts.choosing import Person
from services.notify.contacts.tables import Contact, Resident
from services.notify.messages.tables import Message
from services.notify.replies.store import replies_from
from services.notify.replies.tables import Reply
from shared.codes import parse_code
from shared.vietnam.phones import parse_phone

MOST = 12
_LOOKED_THROUGH = 600
_BUBBLES = 30


@dataclass(frozen=True, slots=True)
class Bubble:
    """One text on a phone: received, or sent by its owner."""

    at: datetime
    text: str
    sent: bool
    alert: str | None = None


@dataclass(frozen=True, slots=True)
class Phone:
    """A phone and the person who holds it."""

    number: str
    holder: Person | None
    resident: str | None
    """Name of a resident, where it is one's and he told it."""
    behaviour: str | None
    bubbles: Sequence[Bubble] = field(default_factory=list)

    @property
    def latest(self) -> datetime | None:
        return self.bubbles[-1].at if self.bubbles else None


async def numbers_for(connection: AsyncConnection, wish: str) -> list[str]:
    """Phones for a search: by number, code, name or team; without one those that rang last."""
    wish = wish.strip()
    if not wish:
        return await _latest(connection)
    if (code := parse_code(wish)) and (told := await _of_ticket(connection, code)):
        return told  # nine digits may be a code, or a number that lost its zero
    if number := parse_phone(wish):
        return [number]
    return [person.phone for person in await contacts.people_named(connection, wish, MOST)]


async def _latest(connection: AsyncConnection) -> list[str]:
    """Looks through the newest texts only, so it costs the same however many there are."""
    received = select(col(SimulatedText.phone), col(SimulatedText.at)).order_by(col(SimulatedText.at).desc())
    sent = select(col(Reply.phone), col(Reply.at)).order_by(col(Reply.at).desc())
    both = union_all(
        received.limit(_LOOKED_THROUGH).subquery().select(), sent.limit(_LOOKED_THROUGH).subquery().select()
    ).subquery()
    rows = await connection.execute(select(both.c.phone).order_by(both.c.at.desc()))
    return list(dict.fromkeys(rows.scalars()))[:MOST]


async def _of_ticket(connection: AsyncConnection, code: str) -> list[str]:
    told = select(col(Message.phone)).where(col(Message.code) == code).order_by(col(Message.id)).limit(_LOOKED_THROUGH)
    return list(dict.fromkeys((await connection.execute(told)).scalars()))[:MOST]


async def phones_of(connection: AsyncConnection, numbers: Sequence[str]) -> list[Phone]:
    """These phones with their last texts, in the order given."""
    if not numbers:
        return []
    holders = await _holders(connection, numbers)
    residents = await _residents(connection, numbers)
    behaviours = await phones.behaviours(connection, numbers)
    return [
        Phone(
            number,
            holders.get(number),
            residents.get(number),
            behaviours.get(number),
            await _bubbles(connection, number),
        )
        for number in numbers
    ]


async def _holders(connection: AsyncConnection, numbers: Sequence[str]) -> dict[str, Person]:
    statement = select(col(Contact.person_id)).where(one_of(col(Contact.phone), numbers))
    ids = (await connection.execute(statement)).scalars().all()
    return {person.phone: person for person in await contacts.people_of(connection, ids, ())}


async def _residents(connection: AsyncConnection, numbers: Sequence[str]) -> dict[str, str]:
    statement = select(col(Resident.phone), col(Resident.name)).where(one_of(col(Resident.phone), numbers))
    rows = await connection.execute(statement.order_by(col(Resident.submitted_at)))
    return {row[0]: row[1] or "" for row in rows}


async def _bubbles(connection: AsyncConnection, number: str) -> list[Bubble]:
    """The newest texts of both directions, oldest first."""
    received = await phones.texts_on(connection, number, _BUBBLES)
    bubbles = [Bubble(row.at, row.text, False, row.alert) for row in received]
    bubbles += [Bubble(at, text, True) for at, text in await replies_from(connection, number, _BUBBLES)]
    return sorted(bubbles, key=lambda bubble: bubble.at)[-_BUBBLES:]
