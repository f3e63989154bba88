"""From alerts to messages: who is reached, under which number, in which words, on which way out, and when."""

from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass
from datetime import datetime

import structlog

from services.notify.alerts import slots, store
from services.notify.alerts.alert import Alert
from services.notify.alerts.book import Book, open_book
from services.notify.alerts.night import is_night, morning_after
from services.notify.alerts.policy import FRESH, priority
from services.notify.alerts.quiet import passes
from services.notify.alerts.rest import Rest
from services.notify.alerts.store import Lack
from services.notify.alerts.texts import manner
from services.notify.alerts.texts import slots as slots_of
from services.notify.alerts.wording import worded
from services.notify.answer_pages.making import Pages
from services.notify.channels.channel import AddressKind
from services.notify.contacts.choosing import Person, Requester, leader
from services.notify.contacts.store import linked_of
from services.notify.messages.new import NewMessage
from services.notify.messages.store import queue
from services.notify.messages.ways import Way, Ways
from shared.store import Unit

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class House:
    """How this installation writes to people."""

    channels: tuple[str, ...]
    """Ways out, first choice first, for everybody who prefers none, and after those that somebody prefers."""
    diacritics: bool
    hotline: str
    rest: Rest
    wake: Callable[[], None]
    """Wakes the senders once messages are committed."""
    ways: Ways
    pages: Pages

    def ways_to(self, preferred: Sequence[str] | None, phone: str, linked: Set[tuple[AddressKind, str]]) -> list[Way]:
        """Each once, the preferred ones first; of those that need an address, only where there is one."""
        names = dict.fromkeys((*(preferred or ()), *self.channels))
        known = [self.ways.by_name[name] for name in names if name in self.ways.by_name]
        reaching = [way for way in known if way.reaches_by_phone or (way.kind, phone) in linked]
        return reaching or known


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
    linked = await _linked(unit, addressed, house)
    messages = [_message(one, numbers, book, now, house, linked) for one in addressed]
    await queue(unit, await house.pages.put_into(unit, messages, house.ways))
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


async def _linked(unit: Unit, addressed: Sequence[_Addressed], house: House) -> Set[tuple[AddressKind, str]]:
    """Chats and mailboxes of these people, where this installation writes to any."""
    kinds: set[AddressKind] = {way.kind for way in house.ways.by_name.values() if way.kind != "phone"}
    return await linked_of(unit.connection, kinds, {one.to.phone for one in addressed}) if kinds else frozenset()


def _message(
    one: _Addressed,
    numbers: dict[tuple[str, str], int],
    book: Book,
    now: datetime,
    house: House,
    linked: Set[tuple[AddressKind, str]],
) -> NewMessage:
    alert, to = one.alert, one.to
    person = to if isinstance(to, Person) else None
    at = _rings_at(alert, person, now)
    ways = house.ways_to(person.channels if person else None, to.phone, linked)
    known = _known(one, numbers, book, at, house)
    values = slots.values(known)
    return NewMessage(
        alert=alert.kind,
        code=alert.code,
        version=alert.version,
        person=person.id if person else None,
        phone=to.phone,
        team=alert.team,
        offer_id=alert.offer_id,
        territory=alert.territory,
        channels=tuple(way.name for way in ways),
        text=worded(alert.text, known.how, values, ways[0], house.pages.number, None),
        template=alert.text,
        slots=values,
        on_phones=known.how,
        number=known.number,
        priority=priority(alert.kind, urgent=alert.about.urgent),
        created_at=now,
        not_before=at,
        expires_at=(at if at > now else alert.at) + FRESH[alert.kind],
        correlation=alert.correlation,
    )


def _rings_at(alert: Alert, person: Person | None, now: datetime) -> datetime:
    """Not before the offer may ring; at night only what cannot wait."""
    at = max(now, alert.not_before or now)
    may_be_woken = person is None or person.wake
    if is_night(at) and not passes(alert.kind, urgent=alert.about.urgent, may_be_woken=may_be_woken):
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
