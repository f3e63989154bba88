"""Who of a team is told: rules over small values."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Person:
    """A person on duty, as far as a message needs him."""

    id: str
    name: str
    phone: str
    team: str | None
    role: str | None
    province: str
    skills: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    wake: bool = True
    unreachable: bool = False
    """The number is known to be bad, or its owner wrote NGUNG."""
    channels: tuple[str, ...] | None = None
    diacritics: bool | None = None

    @property
    def language(self) -> str:
        """`en` only for somebody who has English and no Vietnamese."""
        return "en" if "en" in self.languages and "vi" not in self.languages else "vi"


@dataclass(frozen=True, slots=True)
class Requester:
    """A resident behind a ticket."""

    request_id: str
    code: str
    phone: str
    name: str | None
    language: str


def leader(team: Sequence[Person]) -> Person | None:
    """The team's leader; one who can be reached before one who cannot."""
    leaders = [person for person in team if person.role == "leader"]
    return min(leaders, key=lambda person: (person.unreachable, person.id), default=None)


def helper(team: Sequence[Person], category: str, code: str) -> Person | None:
    """One member more: reachable before not, with the skill before without; among equals they take turns by code."""
    members = [person for person in team if person.role != "leader"]
    if not members:
        return None
    best = min(_rank(person, category) for person in members)
    equal = sorted((person for person in members if _rank(person, category) == best), key=lambda person: person.id)
    return equal[int(code[:-1]) % len(equal)]


def _rank(person: Person, category: str) -> tuple[bool, bool]:
    return person.unreachable, category not in person.skills


def once_a_phone(requesters: Sequence[Requester]) -> list[Requester]:
    """Several requests of one phone are one resident: the first one's name and language stand."""
    first: dict[str, Requester] = {}
    for requester in requesters:
        first.setdefault(requester.phone, requester)
    return list(first.values())


def once_a_ticket(requesters: Sequence[Requester]) -> list[Requester]:
    """Several requests that are one ticket count once, in the order given."""
    first: dict[str, Requester] = {}
    for requester in requesters:
        first.setdefault(requester.code, requester)
    return list(first.values())
