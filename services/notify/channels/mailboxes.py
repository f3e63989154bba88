"""Every query about mailboxes: who gave which address, and whether its owner wants our letters."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Update, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from services.notify.base import one_of
from services.notify.channels.tables import Mailbox
from services.notify.contacts.store import address_of, link, unlink
from shared.store import Unit, new_id

KIND = "email"


@dataclass(frozen=True, slots=True)
class Known:
    """A mailbox that links may name."""

    id: UUID
    address: str
    phone: str
    unsubscribed: bool


async def note(unit: Unit, address: str, phone: str, at: datetime) -> UUID:
    """This address was given for this phone; nothing is sent there but the question to its owner."""
    statement = insert(Mailbox).values(id=new_id(), address=address, phone=phone, asked_at=at)
    keys = [col(Mailbox.address), col(Mailbox.phone)]
    again = statement.on_conflict_do_update(index_elements=keys, set_={"asked_at": at}).returning(col(Mailbox.id))
    return (await unit.execute(again)).scalar_one()


async def find(connection: AsyncConnection, id: UUID) -> Known | None:
    """The mailbox that a link names."""
    row = (await connection.execute(_KNOWN.where(col(Mailbox.id) == id))).first()
    return Known(*row) if row else None


async def ids_of(connection: AsyncConnection, addresses: Iterable[str], phones: Iterable[str]) -> dict[str, UUID]:
    """Mailboxes by their address, of these phones alone."""
    wanted = (one_of(col(Mailbox.address), addresses), one_of(col(Mailbox.phone), phones))
    statement = select(col(Mailbox.address), col(Mailbox.id)).where(*wanted)
    return {row[0]: row[1] for row in await connection.execute(statement)}


async def confirm(unit: Unit, mailbox: Known, at: datetime) -> None:
    """Its owner wants our letters: it is the phone's from here on."""
    await unit.execute(_changed(mailbox).values(confirmed_at=at, unsubscribed_at=None))
    await link(unit, KIND, mailbox.phone, mailbox.address, at)


async def unsubscribe(unit: Unit, mailbox: Known, at: datetime) -> None:
    """Its owner wants no more letters. The phone's other ways stay; so does another address linked since."""
    await unit.execute(_changed(mailbox).where(col(Mailbox.unsubscribed_at).is_(None)).values(unsubscribed_at=at))
    if await address_of(unit.connection, KIND, mailbox.phone) == mailbox.address:
        await unlink(unit, KIND, mailbox.phone)


_KNOWN = select(col(Mailbox.id), col(Mailbox.address), col(Mailbox.phone), col(Mailbox.unsubscribed_at).is_not(None))


def _changed(mailbox: Known) -> Update:
    return update(Mailbox).where(col(Mailbox.id) == mailbox.id)
