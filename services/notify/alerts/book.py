"""All that must be known to write a batch of alerts, read at once: people, residents, names."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.notify.alerts import store
from services.notify.alerts.alert import Alert
from services.notify.alerts.store import Lack
from services.notify.alerts.texts import slots
from services.notify.catalogue.store import category_names
from services.notify.contacts.choosing import Person, Requester, helper, leader, once_a_phone, rest
from services.notify.contacts.store import people_of, requesters_of
from services.notify.tickets.store import open_offers_of
from shared.store import Unit

_OF_THE_RESIDENT = frozenset({"phone", "name"})


@dataclass(frozen=True, slots=True)
class Book:
    """People by id and by team, residents by ticket and by request, categories' names."""

    people: dict[str, Person]
    teams: dict[str, list[Person]]
    residents: dict[str, list[Requester]]
    requests: dict[str, Requester]
    categories: dict[str, tuple[str, str]]
    asked: dict[str, list[str]]
    """Teams that may still take a ticket, by its code."""
    alerted: dict[tuple[str, str], list[str]]
    """Ids of the people of a (ticket, team) who think it theirs."""
    rung: dict[UUID, set[str]]
    """Ids of those to whom a message of an offer was owed before."""
    most_of_the_rest: int

    def receivers(self, alert: Alert) -> list[Person | Requester] | Lack:
        """Whom the alert reaches, or what must be known first. Nobody is an answer too."""
        kind, key = alert.to.kind, alert.to.key
        match kind:
            case "request":
                found = [self.requests[key]] if key in self.requests else []
            case "resident":
                found = once_a_phone(self.residents.get(key, []))
            case "person":
                found = [self.people[key]] if key in self.people else []
            case "leader":
                found = _one(leader(self.teams.get(key, [])))
            case "helper":
                found = _one(helper(self.teams.get(key, []), alert.about.category, alert.code))
            case "rest":
                return [*_rest(self, alert)]
            case "asked":
                return [*_leaders(self, alert.code)]
            case "alerted":
                told = self.alerted.get((alert.code, key), [])
                return [self.people[person] for person in told if person in self.people]
        return list(found) or Lack(kind, key)

    def lack(self, alert: Alert) -> Lack | None:
        """What the text names and nobody knows yet."""
        named = slots(alert.text)
        if named & _OF_THE_RESIDENT and not self.residents.get(alert.code):
            return Lack("resident", alert.code)
        if "member" in named and alert.about.member and alert.about.member not in self.people:
            return Lack("person", alert.about.member)
        return None


def _one(person: Person | None) -> list[Person]:
    return [person] if person else []


def _rest(book: Book, alert: Alert) -> list[Person]:
    team, offer = book.teams.get(alert.to.key, []), alert.offer_id
    told = book.rung.get(offer, set()) if offer else set()
    if alert.about.urgent:
        return rest(team, None, alert.code, told)
    return rest(team, alert.about.category, alert.code, told)[: book.most_of_the_rest]


def _leaders(book: Book, code: str) -> list[Person]:
    found = (leader(book.teams.get(team, [])) for team in book.asked.get(code, []))
    return [person for person in found if person]


async def open_book(unit: Unit, alerts: Sequence[Alert], most_of_the_rest: int) -> Book:
    """Read what these alerts need, in as few queries as their audiences allow."""
    connection = unit.connection
    to = [(alert.to.kind, alert.to.key, alert) for alert in alerts]
    asked = await _asked(unit, {alert.code for kind, _, alert in to if kind == "asked"})
    pairs = {(alert.code, key) for kind, key, alert in to if kind == "alerted"}
    alerted = await store.alerted(connection, pairs) if pairs else {}
    ids = {key for kind, key, _ in to if kind == "person"}
    ids |= {alert.about.member for alert in alerts if alert.about.member}
    ids |= {person for people in alerted.values() for person in people}
    teams = {key for kind, key, _ in to if kind in ("leader", "helper", "rest")}
    offers = {alert.offer_id for kind, _, alert in to if kind == "rest" and alert.offer_id}
    teams |= {team for found in asked.values() for team in found}
    teams |= {alert.about.team for alert in alerts if alert.about.team and "team_phone" in slots(alert.text)}
    people = await people_of(connection, ids, teams) if ids or teams else []
    codes = {alert.code for kind, _, alert in to if kind == "resident" or slots(alert.text) & _OF_THE_RESIDENT}
    requests = {UUID(key) for kind, key, _ in to if kind == "request"}
    residents = await requesters_of(connection, codes, requests) if codes or requests else []
    named = {alert.about.category for alert in alerts if "category" in slots(alert.text)}
    return Book(
        people={person.id: person for person in people},
        teams=_by_team(people),
        residents=_by_ticket(residents),
        requests={one.request_id: one for one in residents},
        categories=await category_names(connection, named) if named else {},
        asked=asked,
        alerted=alerted,
        rung=await store.rung(connection, offers) if offers else {},
        most_of_the_rest=most_of_the_rest,
    )


async def _asked(unit: Unit, codes: set[str]) -> dict[str, list[str]]:
    asked: dict[str, list[str]] = defaultdict(list)
    for code, team in await open_offers_of(unit.connection, codes) if codes else []:
        asked[code].append(team)
    return asked


def _by_team(people: Sequence[Person]) -> dict[str, list[Person]]:
    teams: dict[str, list[Person]] = defaultdict(list)
    for person in people:
        if person.team:
            teams[person.team].append(person)
    return teams


def _by_ticket(residents: Sequence[Requester]) -> dict[str, list[Requester]]:
    tickets: dict[str, list[Requester]] = defaultdict(list)
    for one in residents:
        tickets[one.code].append(one)
    return tickets
