"""Every query about waiting alerts, short numbers, and who was told of a ticket."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Text, bindparam, case, cast, delete, exists, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from services.notify.alerts.alert import Alert
from services.notify.alerts.numbers import next_number
from services.notify.alerts.policy import FRESH
from services.notify.alerts.tables import LaterAlert, ShortNumber, WaitingAlert
from services.notify.base import one_of
from services.notify.contacts.tables import Contact, Resident
from services.notify.messages.tables import Message
from services.notify.tickets.tables import Ticket
from shared.store import Unit, new_id

_OVER = ("closed", "cancelled")
_TOLD = ("sending", "sent", "delivered")
_IDS = col(Contact.person_id)
_LATEST = update(Contact).where(bindparam("id") == _IDS).values(last_number=bindparam("number"))
_MOVE = (
    update(ShortNumber)
    .where(col(ShortNumber.person) == bindparam("mover"), col(ShortNumber.code) == bindparam("of"))
    .values(team=bindparam("to"))
)
_WITHDRAW = (
    update(Message)
    .where(
        col(Message.code) == bindparam("ended_code"),
        col(Message.team) == bindparam("ended_team"),
        col(Message.version) < bindparam("ended_version"),
        col(Message.alert) == "offered",
        col(Message.state) == "queued",
    )
    .values(
        state="expired",
        reason="taken",
        state_at=bindparam("at"),
        bundled_in=case((col(Message.resent), col(Message.bundled_in))),
        parts=case((col(Message.resent), col(Message.parts)), else_=func.greatest(col(Message.parts), 1)),
    )
)


@dataclass(frozen=True, slots=True)
class Lack:
    """What must be known before an alert can be written: a kind and whose."""

    kind: str
    key: str


async def wait(unit: Unit, alerts: Sequence[tuple[Alert, Lack]]) -> None:
    """Keep alerts until what they lack is known, or they are news no more."""
    rows = [
        {
            "id": new_id(),
            "lacks": lack.kind,
            "lacks_key": lack.key,
            "expires_at": max(alert.at, alert.not_before or alert.at) + FRESH[alert.kind],
            "alert": alert.model_dump(mode="json"),
        }
        for alert, lack in alerts
    ]
    if rows:
        await unit.execute(insert(WaitingAlert), rows)


async def anybody_waits(connection: AsyncConnection) -> bool:
    """Whether any alert waits at all; mostly none does."""
    return bool(await connection.scalar(select(exists().where(col(WaitingAlert.id).is_not(None)))))


async def take_answered(unit: Unit, most: int) -> list[Alert]:
    """Take out waiting alerts whose lack is known by now, the oldest first."""
    key = col(WaitingAlert.lacks_key)
    here = col(Contact.phone).is_not(None)
    known = or_(
        _lacks("person") & exists().where(col(Contact.person_id) == key, here),
        _lacks("leader") & exists().where(col(Contact.team) == key, here, col(Contact.role) == "leader"),
        _lacks("helper") & exists().where(col(Contact.team) == key, here, col(Contact.role) != "leader"),
        _lacks("resident") & exists().where(col(Resident.code) == key),
        _lacks("request") & exists().where(cast(col(Resident.request_id), Text) == key),
    )
    chosen = select(col(WaitingAlert.id)).where(known).order_by(col(WaitingAlert.id)).limit(most)
    statement = (
        delete(WaitingAlert)
        .where(col(WaitingAlert.id).in_(chosen.with_for_update(skip_locked=True).scalar_subquery()))
        .returning(col(WaitingAlert.id), col(WaitingAlert.alert))
    )
    found = {row[0]: row[1] for row in await unit.connection.execute(statement)}
    return [Alert.model_validate(found[id]) for id in sorted(found)]


def _lacks(kind: str) -> ColumnElement[bool]:
    return col(WaitingAlert.lacks) == kind


async def drop_stale(unit: Unit, now: datetime) -> list[tuple[str, str]]:
    """Delete waiting alerts that are news no more; returns what each lacked."""
    statement = delete(WaitingAlert).where(col(WaitingAlert.expires_at) <= now)
    rows = await unit.connection.execute(statement.returning(col(WaitingAlert.lacks), col(WaitingAlert.lacks_key)))
    return [(row[0], row[1]) for row in rows]


async def next_stale(connection: AsyncConnection) -> datetime | None:
    """When the next waiting alert is news no more."""
    return await connection.scalar(select(func.min(col(WaitingAlert.expires_at))))


async def put_off(unit: Unit, alerts: Sequence[tuple[datetime, Alert]]) -> None:
    """Keep alerts of offers until their time comes."""
    rows = [
        {"offer_id": alert.offer_id, "due_at": due_at, "alert": alert.model_dump(mode="json")}
        for due_at, alert in alerts
    ]
    await unit.execute(insert(LaterAlert).on_conflict_do_nothing(), rows)


async def take_due(unit: Unit, now: datetime, most: int) -> list[Alert]:
    """Take out alerts whose time has come, the first first."""
    due = select(col(LaterAlert.offer_id)).where(col(LaterAlert.due_at) <= now).order_by(col(LaterAlert.due_at))
    chosen = due.limit(most).with_for_update(skip_locked=True).scalar_subquery()
    statement = delete(LaterAlert).where(col(LaterAlert.offer_id).in_(chosen)).returning(col(LaterAlert.alert))
    return [Alert.model_validate(alert) for alert in (await unit.connection.execute(statement)).scalars()]


async def next_due(connection: AsyncConnection) -> datetime | None:
    """When the time of the next one comes."""
    return await connection.scalar(select(func.min(col(LaterAlert.due_at))))


async def rung(connection: AsyncConnection, offers: Collection[UUID]) -> dict[UUID, set[str]]:
    """People to whom a message of these offers was owed already, whatever became of it."""
    statement = select(col(Message.offer_id), col(Message.person)).where(one_of(col(Message.offer_id), offers))
    found: dict[UUID, set[str]] = defaultdict(set)
    for offer, person in await connection.execute(statement):
        if offer and person:
            found[offer].add(person)
    return found


async def give_numbers(
    unit: Unit, wanted: Collection[tuple[str, str, str | None]], at: datetime
) -> dict[tuple[str, str], int]:
    """Short numbers of (person, ticket, team): those they have, and new ones where they have none.

    Who moved to another team answers for that one from here on.
    """
    pairs = {(person, code): team for person, code, team in wanted}
    if not pairs:
        return {}
    known = await _numbers_of(unit.connection, pairs)
    moved = [pair for pair, (_, team) in known.items() if pairs[pair] and pairs[pair] != team]
    if moved:
        teams = [{"mover": person, "of": code, "to": pairs[person, code]} for person, code in sorted(moved)]
        await unit.execute(_MOVE, teams)
    numbers = {pair: number for pair, (number, _) in known.items()}
    lacking = sorted(pair for pair in pairs if pair not in numbers)
    if not lacking:
        return numbers
    last = await _lock_numbers(unit, {person for person, _ in lacking})
    numbers |= {pair: number for pair, (number, _) in (await _numbers_of(unit.connection, lacking)).items()}
    held = await _held(unit.connection, last)
    new = []
    for person, code in lacking:
        if (person, code) not in numbers and person in last:
            number = next_number(last[person], held[person])
            last[person] = numbers[person, code] = number
            held[person].add(number)
            new.append({"person": person, "code": code, "number": number, "team": pairs[person, code], "given_at": at})
    if new:
        await unit.execute(insert(ShortNumber), new)
        latest = [{"id": person, "number": number} for person, number in last.items()]
        await unit.execute(_LATEST, latest)
    return numbers


async def _numbers_of(
    connection: AsyncConnection, pairs: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], tuple[int, str | None]]:
    """Number and team by (person, ticket)."""
    wanted = set(pairs)
    named = (col(ShortNumber.person), col(ShortNumber.code), col(ShortNumber.number), col(ShortNumber.team))
    statement = select(*named).where(
        one_of(col(ShortNumber.person), {person for person, _ in wanted}),
        one_of(col(ShortNumber.code), {code for _, code in wanted}),
    )
    rows = await connection.execute(statement)
    return {(person, code): (number, team) for person, code, number, team in rows if (person, code) in wanted}


async def _lock_numbers(unit: Unit, people: set[str]) -> dict[str, int]:
    """The last number of each person, held until the commit: two replicas never give one number twice."""
    statement = select(_IDS, col(Contact.last_number)).where(one_of(_IDS, people)).order_by(_IDS)
    rows = await unit.connection.execute(statement.with_for_update(key_share=True))
    return {row[0]: row[1] for row in rows}


async def _held(connection: AsyncConnection, people: Iterable[str]) -> dict[str, set[int]]:
    """Numbers that name open tickets, by person."""
    statement = (
        select(col(ShortNumber.person), col(ShortNumber.number))
        .outerjoin(Ticket, col(Ticket.code) == col(ShortNumber.code))
        .where(one_of(col(ShortNumber.person), people), func.coalesce(col(Ticket.status), "new").not_in(_OVER))
    )
    held: dict[str, set[int]] = defaultdict(set)
    for person, number in await connection.execute(statement):
        held[person].add(number)
    return held


async def withdraw_queued(unit: Unit, ends: dict[tuple[str, str], int], at: datetime) -> None:
    """Offers of (ticket, team) that ended before anybody rang are not sent any more."""
    rows = [
        {"ended_code": code, "ended_team": team, "ended_version": version, "at": at}
        for (code, team), version in ends.items()
    ]
    await unit.execute(_WITHDRAW, rows)


async def alerted(connection: AsyncConnection, pairs: Collection[tuple[str, str]]) -> dict[tuple[str, str], list[str]]:
    """By (ticket, team): the people who were told of it and not yet that they are needed no more."""
    statement = (
        select(
            col(Message.code),
            col(Message.team),
            col(Message.person),
            func.max(col(Message.version)).filter(col(Message.alert) != "taken", col(Message.state).in_(_TOLD)),
            func.max(col(Message.version)).filter(col(Message.alert) == "taken"),
        )
        .where(
            one_of(col(Message.code), {code for code, _ in pairs}),
            col(Message.person).is_not(None),
            col(Message.alert).in_(("offered", "accepted", "taken")),
        )
        .group_by(col(Message.code), col(Message.team), col(Message.person))
        .order_by(col(Message.person))
    )
    told: dict[tuple[str, str], list[str]] = defaultdict(list)
    for code, team, person, asked, relieved in await connection.execute(statement):
        pair = (code or "", team or "")
        if pair in pairs and person and asked is not None and (relieved is None or relieved < asked):
            told[pair].append(person)
    return told
