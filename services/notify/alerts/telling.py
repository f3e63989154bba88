"""From alerts to messages: who is reached, under which number, in which words, on which way out, and when."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from services.notify.alerts import slots, store
from services.notify.alerts.alert import Alert
from services.notify.alerts.book import Book, open_book
from services.notify.alerts.night import is_night, morning_after
from services.notify.alerts.policy import FRESH
from services.notify.alerts.rest import Rest
from services.notify.alerts.store import Lack
from services.notify.alerts.texts import manner
from services.notify.alerts.texts import slots as slots_of
from services.notify.contacts.choosing import Person, Requester, leader
from services.notify.messages.new import NewMessage
from services.notify.messages.store import queue
from shared.store import Unit

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class House:
    """How this installation writes to people."""

    channels: tuple[str, ...]
    """Ways out, first choice first, for everybody who prefers none."""
    diacritics: bool
    hotline: str
    rest: Rest
    wake: Callable[[], None]
    """Wakes the senders once messages are committed."""


@dataclass(frozen=True, slots=True)
class _Addressed:
    alert: Alert
    to: Person | Requester


async def tell(unit: Unit, alerts: Sequence[Alert], now: datetime, house: House) -> None:
    """Queue a message for everybody these alerts reach; alerts that lack something wait."""
    if not alerts:
        return
    book = await open_book(unit, alerts, house.rest.most)
    addressed: list[_Addressed] = []
    waiting: list[tuple[Alert, Lack]] = []
    for alert in alerts:
        found = book.lack(alert) or book.receivers(alert)
        if isinstance(found, Lack):
            waiting.append((alert, found))
        else:
            addressed.extend(_Addressed(alert, receiver) for receiver in found)
    await store.wait(unit, waiting)
    numbers = await _numbers(unit, addressed, now)
    await queue(unit, [_message(one, numbers, book, now, house) for one in addressed])
    if addressed:
        unit.after_commit(house.wake)
    log.debug("alerts.told", messages=len(addressed), waiting=len(waiting))


async def _numbers(unit: Unit, addressed: Sequence[_Addressed], now: datetime) -> dict[tuple[str, str], int]:
    named = [
        (one.to.id, one.alert.code, one.alert.team or one.to.team)
        for one in addressed
        if isinstance(one.to, Person) and "n" in slots_of(one.alert.text)
    ]
    return await store.give_numbers(unit, named, now)


def _message(
    one: _Addressed, numbers: dict[tuple[str, str], int], book: Book, now: datetime, house: House
) -> NewMessage:
    alert, to = one.alert, one.to
    person = to if isinstance(to, Person) else None
    at = _rings_at(alert, person, now)
    ways = (person.channels if person else None) or house.channels
    known = _known(one, numbers, book, at, house)
    return NewMessage(
        alert=alert.kind,
        code=alert.code,
        version=alert.version,
        person=person.id if person else None,
        phone=to.phone,
        team=alert.team,
        offer_id=alert.offer_id,
        territory=alert.territory,
        channels=ways,
        text=slots.write(known),
        template=alert.text,
        slots=slots.values(known),
        number=known.number,
        priority=0 if alert.about.urgent else 1,
        created_at=now,
        not_before=at,
        expires_at=(at if at > now else alert.at) + FRESH[alert.kind],
        correlation=alert.correlation,
    )


def _rings_at(alert: Alert, person: Person | None, now: datetime) -> datetime:
    """Not before the offer may ring. What rings at night spares those who wish to sleep."""
    at = max(now, alert.not_before or now)
    if alert.kind == "offered" and person and not person.wake and is_night(at):
        return morning_after(at)
    return at


def _known(one: _Addressed, numbers: dict[tuple[str, str], int], book: Book, at: datetime, house: House) -> slots.Known:
    alert, to = one.alert, one.to
    about = alert.about
    diacritics = to.diacritics if isinstance(to, Person) and to.diacritics is not None else house.diacritics
    resident = next(iter(book.residents.get(alert.code, [])), None)
    member = book.people.get(about.member) if about.member else None
    heading = leader(book.teams.get(about.team, [])) if about.team else None
    return slots.Known(
        alert=alert,
        how=manner(to.language, diacritics),
        at=at,
        hotline=house.hotline,
        number=numbers.get((to.id, alert.code)) if isinstance(to, Person) else None,
        resident_name=resident.name if resident else None,
        resident_phone=resident.phone if resident else None,
        member_name=member.name if member else None,
        team_phone=heading.phone if heading else None,
        category=book.categories.get(about.category),
    )
