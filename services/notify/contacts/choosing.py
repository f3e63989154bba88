"""Who of a team is told: rules over small values."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
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


def rest(team: Sequence[Person], category: str | None, code: str, told: AbstractSet[str]) -> list[Person]:
    """Who else can be reached and has the skill (`None`: all), but for those told already; they take turns by code."""
    left = [person for person in team if person.id not in told and not person.unreachable]
    able = sorted((p for p in left if category is None or has_skill(p, category)), key=lambda person: person.id)
    first = int(code[:-1]) % len(able) if able else 0
    return [*able[first:], *able[:first]]


def has_skill(person: Person, category: str) -> bool:
    """What fits no category needs no skill."""
    return category == "other" or category in person.skills


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
