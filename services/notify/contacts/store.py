"""Every query about contacts, residents and the wishes of phones."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Row, Text, case, delete, func, literal, or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from services.notify.base import one_of
from services.notify.channels.channel import AddressKind
from services.notify.contacts.choosing import Person, Requester
from services.notify.contacts.tables import Contact, LinkedAddress, PhoneWish, Resident
from shared.events import people, requests
from shared.events.requests import RequestFacts
from shared.store import TIME, Unit
from shared.vietnam.names import search_key

_OURS = ("channels", "diacritics", "last_number", "phone_is_bad", "search_key")
"""What no event says of a person."""


async def save_contacts(unit: Unit, changes: Sequence[people.Changed]) -> None:
    """Keep the newest of each person; older news changes nothing."""
    fields = set(Contact.model_fields) - {*_OURS, "person_id"}
    statement = insert(Contact)
    newer = statement.on_conflict_do_update(
        index_elements=[col(Contact.person_id)],
        set_={
            **{field: statement.excluded[field] for field in (*fields, "search_key")},
            "phone_is_bad": case(
                (statement.excluded.phone != col(Contact.phone), False), else_=col(Contact.phone_is_bad)
            ),
        },
        where=statement.excluded.revision > col(Contact.revision),
    )
    rows = [
        change.model_dump(include=fields | {"person_id"})
        | {"phone_is_bad": False, "last_number": 0, "search_key": search_key(change.full_name)}
        for change in changes
    ]
    await unit.execute(newer, sorted(rows, key=lambda row: (row["person_id"], row["revision"])))


async def forget_contacts(unit: Unit, removals: Sequence[people.Removed]) -> None:
    """Delete what is known of people who left; the revision stays, so that late news cannot bring them back."""
    blank: dict[str, Any] = {
        "kind": None,
        "full_name": "",
        "search_key": "",
        "phone": None,
        "team": None,
        "role": None,
        "province": "",
    }
    blank |= {"skills": [], "languages": [], "wake": True, "phone_is_bad": False, "channels": None, "diacritics": None}
    statement = insert(Contact)
    newer = statement.on_conflict_do_update(
        index_elements=[col(Contact.person_id)],
        set_=blank | {"revision": statement.excluded.revision},
        where=statement.excluded.revision > col(Contact.revision),
    )
    rows = [{"person_id": r.person_id, "revision": r.revision, "last_number": 0, **blank} for r in removals]
    await unit.execute(newer, sorted(rows, key=lambda row: (row["person_id"], row["revision"])))


async def people_of(connection: AsyncConnection, ids: Iterable[str], teams: Iterable[str]) -> list[Person]:
    """People on duty by id or by team; those who left are not among them."""
    wanted = or_(one_of(col(Contact.person_id), ids), one_of(col(Contact.team), teams))
    return await _people(connection, wanted)


async def people_with_phone(connection: AsyncConnection, phone: str) -> list[Person]:
    """Everybody on duty who has this number."""
    return await _people(connection, col(Contact.phone) == phone)


async def _people(connection: AsyncConnection, wanted: ColumnElement[bool], most: int | None = None) -> list[Person]:
    statement = (
        select(
            col(Contact.person_id),
            col(Contact.full_name),
            col(Contact.phone),
            col(Contact.team),
            col(Contact.role),
            col(Contact.province),
            col(Contact.skills),
            col(Contact.languages),
            col(Contact.wake),
            or_(col(Contact.phone_is_bad), col(PhoneWish.stopped_at).is_not(None)),
            col(Contact.channels),
            col(Contact.diacritics),
        )
        .outerjoin(PhoneWish, col(PhoneWish.phone) == col(Contact.phone))
        .where(wanted, col(Contact.phone).is_not(None))
        .order_by(col(Contact.person_id))
        .limit(most)
    )
    return [_person(row) for row in await connection.execute(statement)]


def _person(row: Row[*tuple[Any, ...]]) -> Person:
    return Person(
        id=row[0],
        name=row[1],
        phone=row[2],
        team=row[3],
        role=row[4],
        province=row[5],
        skills=tuple(row[6]),
        languages=tuple(row[7]),
        wake=row[8],
        unreachable=row[9],
        channels=tuple(row[10]) if row[10] is not None else None,
        diacritics=row[11],
    )


async def save_residents(unit: Unit, events: Sequence[requests.Submitted | requests.Corrected]) -> None:
    """Keep who asked, by the newest correction of each request."""
    statement = insert(Resident)
    newer = statement.on_conflict_do_update(
        index_elements=[col(Resident.request_id)],
        set_={field: statement.excluded[field] for field in ("revision", "code", "phone", "name", "language")},
        where=statement.excluded.revision > col(Resident.revision),
    )
    rows = [_resident(event, event.facts) for event in events]
    await unit.execute(newer, sorted(rows, key=lambda row: (row["request_id"], row["revision"])))


def _resident(event: requests.Submitted | requests.Corrected, facts: RequestFacts) -> dict[str, object]:
    corrected = isinstance(event, requests.Corrected)
    return {
        "request_id": event.request_id,
        "revision": event.revision if corrected else 0,
        "code": event.code,
        "phone": facts.phone,
        "name": facts.requester_name,
        "language": facts.language,
        "submitted_at": event.corrected_at if corrected else event.submitted_at,
    }


async def requesters_of(connection: AsyncConnection, codes: Iterable[str], ids: Iterable[UUID]) -> list[Requester]:
    """Residents of tickets, or of single requests, the first to ask first."""
    wanted = or_(one_of(col(Resident.code), codes), one_of(col(Resident.request_id), ids))
    in_order = _REQUESTERS.where(wanted).order_by(col(Resident.submitted_at), col(Resident.request_id))
    return [_requester(row) for row in await connection.execute(in_order)]


async def requesters_with_phone(connection: AsyncConnection, phone: str, most: int = 50) -> list[Requester]:
    """What was asked from this number, the newest first."""
    newest = _REQUESTERS.where(col(Resident.phone) == phone).order_by(col(Resident.submitted_at).desc()).limit(most)
    return [_requester(row) for row in await connection.execute(newest)]


_REQUESTERS = select(
    col(Resident.request_id), col(Resident.code), col(Resident.phone), col(Resident.name), col(Resident.language)
)


def _requester(row: Row[UUID, str, str, str | None, str]) -> Requester:
    id, code, phone, name, language = row
    return Requester(str(id), code, phone, name, language)


async def numbers_of(connection: AsyncConnection, ids: Iterable[UUID]) -> dict[UUID, str]:
    """The phones that requests go by, as far as known."""
    statement = select(col(Resident.request_id), col(Resident.phone)).where(one_of(col(Resident.request_id), ids))
    return {row[0]: row[1] for row in await connection.execute(statement)}


async def people_named(connection: AsyncConnection, wish: str, most: int) -> list[Person]:
    """People on duty whose name or team holds these words; diacritics do not matter."""
    key = search_key(wish)
    wanted = or_(col(Contact.search_key).contains(key, autoescape=True), col(Contact.team) == wish.strip().upper())
    return await _people(connection, wanted, most) if key else []


async def mark_bad(unit: Unit, numbers: Collection[tuple[str, str]]) -> set[str]:
    """(person, phone): these numbers are wrong or closed. Returns those whose number it still is."""
    theirs = tuple_(col(Contact.person_id), col(Contact.phone)).in_(numbers)
    statement = update(Contact).where(theirs).values(phone_is_bad=True).returning(col(Contact.person_id))
    return set((await unit.execute(statement)).scalars()) if numbers else set()


async def mark_good(unit: Unit, phones: Iterable[str]) -> None:
    """Something arrived at these phones, whatever was said of them before."""
    statement = update(Contact).where(one_of(col(Contact.phone), phones), col(Contact.phone_is_bad))
    await unit.execute(statement.values(phone_is_bad=False))


async def mark_linked_bad(unit: Unit, kind: str, phone: str, address: str | None) -> None:
    """Nobody is at this phone's linked address any more; `address` where it is known which one was meant."""
    statement = update(LinkedAddress).where(col(LinkedAddress.kind) == kind, col(LinkedAddress.phone) == phone)
    if address:
        statement = statement.where(col(LinkedAddress.address) == address)
    await unit.execute(statement.values(is_bad=True))


async def link(unit: Unit, kind: str, phone: str, address: str, at: datetime) -> None:
    """This chat or mailbox is this phone's from here on, and nobody else's."""
    same = (col(LinkedAddress.kind) == kind, col(LinkedAddress.address) == address)
    await unit.execute(delete(LinkedAddress).where(*same, col(LinkedAddress.phone) != phone))
    statement = insert(LinkedAddress).values(kind=kind, phone=phone, address=address, linked_at=at, is_bad=False)
    renewed = {"address": address, "linked_at": at, "is_bad": False}
    keys = [col(LinkedAddress.kind), col(LinkedAddress.phone)]
    await unit.execute(statement.on_conflict_do_update(index_elements=keys, set_=renewed))


async def linked_of(
    connection: AsyncConnection, kinds: Iterable[AddressKind], phones: Iterable[str]
) -> set[tuple[AddressKind, str]]:
    """(kind, phone) of every chat and mailbox of these kinds that is linked to these phones and open."""
    theirs = one_of(col(LinkedAddress.kind), kinds) & one_of(col(LinkedAddress.phone), phones)
    statement = select(col(LinkedAddress.kind), col(LinkedAddress.phone)).where(theirs, ~col(LinkedAddress.is_bad))
    found = {(row[0], row[1]) for row in await connection.execute(statement)}
    return {(kind, phone) for kind in kinds for phone in phones if (kind, phone) in found}


async def phone_of(connection: AsyncConnection, kind: str, address: str) -> str | None:
    """Whose chat or mailbox this is."""
    statement = select(col(LinkedAddress.phone))
    return await connection.scalar(
        statement.where(col(LinkedAddress.kind) == kind, col(LinkedAddress.address) == address)
    )


async def address_of(connection: AsyncConnection, kind: str, phone: str) -> str | None:
    """The chat or mailbox that is linked to this phone."""
    statement = select(col(LinkedAddress.address))
    return await connection.scalar(statement.where(col(LinkedAddress.kind) == kind, col(LinkedAddress.phone) == phone))


async def mark_address(unit: Unit, kind: str, address: str, *, is_bad: bool) -> None:
    """Its owner closed this chat to us, or opened it again."""
    statement = update(LinkedAddress).where(col(LinkedAddress.kind) == kind, col(LinkedAddress.address) == address)
    await unit.execute(statement.values(is_bad=is_bad))


async def unlink(unit: Unit, kind: str, phone: str) -> str | None:
    """This phone has no such chat any more; returns the one it had."""
    statement = delete(LinkedAddress).where(col(LinkedAddress.kind) == kind, col(LinkedAddress.phone) == phone)
    return (await unit.execute(statement.returning(col(LinkedAddress.address)))).scalar()


async def set_channels(unit: Unit, person: str, channels: list[str] | None) -> None:
    """Ways out that this person prefers."""
    await unit.execute(update(Contact).where(col(Contact.person_id) == person).values(channels=channels))


async def stop(unit: Unit, phone: str, at: datetime) -> None:
    """Its owner wrote NGUNG."""
    statement = insert(PhoneWish).values(phone=phone, stopped_at=at)
    await unit.execute(statement.on_conflict_do_update(index_elements=[col(PhoneWish.phone)], set_={"stopped_at": at}))


async def listen_again(unit: Unit, asked: Mapping[str, datetime]) -> None:
    """By phone: when its owner asked us for something. What was asked before NGUNG does not lift it."""
    phones, times = literal([*asked], ARRAY(Text)), literal([*asked.values()], ARRAY(TIME))
    wishes = func.unnest(phones, times).table_valued("phone", "at").render_derived()
    statement = update(PhoneWish).where(col(PhoneWish.phone) == wishes.c.phone, col(PhoneWish.stopped_at) < wishes.c.at)
    await unit.execute(statement.values(stopped_at=None))


async def may_help(unit: Unit, phone: str, at: datetime, not_since: datetime) -> bool:
    """Whether a helpful answer is due to this phone; notes that it was given."""
    statement = insert(PhoneWish).values(phone=phone, helped_at=at)
    noted = statement.on_conflict_do_update(
        index_elements=[col(PhoneWish.phone)],
        set_={"helped_at": at},
        where=or_(col(PhoneWish.helped_at).is_(None), col(PhoneWish.helped_at) < not_since),
    ).returning(col(PhoneWish.phone))
    return (await unit.execute(noted)).first() is not None


async def set_preferences(unit: Unit, person: str, channels: list[str] | None, diacritics: bool | None) -> bool:
    """How a person on duty wishes to be written to; False where there is no such person."""
    statement = (
        update(Contact)
        .where(col(Contact.person_id) == person, col(Contact.phone).is_not(None))
        .values(channels=channels, diacritics=diacritics)
    )
    return (await unit.execute(statement)).rowcount == 1
