"""The nearest village team: which team is asked, and why the others are not. Pure.

1. The village's own team, when the request names a village.
2. Else the commune's teams, nearest first.
3. Else teams of other communes, nearest first, as far as the policy reaches.
4. Else nobody, with the reason.

All distances are metres. Penalties make a team count as farther than it stands; among equals the least loaded is asked,
then the one that was asked longest ago; never the first in the alphabet.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

OFFER_LOAD = 0.5
EVERYBODY_SPEAKS = "vi"
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class Why(StrEnum):
    """Why a candidate was taken or left."""

    CHOSEN = "chosen"
    FARTHER = "farther"
    NO_SKILL = "no_skill"
    NO_LANGUAGE = "no_language"
    FULL = "full"
    UNREACHABLE = "unreachable"
    TOO_FAR = "too_far"
    ASKED = "asked"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A team as it stands now. `metres` from the place of need."""

    code: str
    name: str
    metres: float
    in_commune: bool
    of_village: bool
    skills: frozenset[str]
    speaks: frozenset[str]
    reachable: bool
    capacity: int
    open_offers: int
    accepted: int
    last_offer_at: datetime | None = None

    @property
    def load(self) -> float:
        """Accepted tickets, an open offer counting as half."""
        return self.accepted + self.open_offers * OFFER_LOAD

    def is_full(self, most_held: int | None) -> bool:
        """Whether it has no place left, where a policy lets a team hold `most_held` at most."""
        return self.load >= (self.capacity if most_held is None else min(self.capacity, most_held))


@dataclass(frozen=True, slots=True)
class Penalties:
    """Metres that a team counts as farther than it stands."""

    no_skill_m: float = 1_500
    no_language_m: float = 3_000
    open_offer_m: float = 100
    accepted_m: float = 200


@dataclass(frozen=True, slots=True)
class Need:
    """What is looked for. `asked` and `declined` are codes of teams that were asked already."""

    category: str
    language: str = EVERYBODY_SPEAKS
    reach_m: float = 15_000
    asked: frozenset[str] = frozenset()
    declined: frozenset[str] = frozenset()
    penalties: Penalties = Penalties()
    most_held: int | None = None


@dataclass(frozen=True, slots=True)
class Considered:
    """A candidate and what was thought of it."""

    team: Candidate
    effective_m: float
    why: Why


@dataclass(frozen=True, slots=True)
class Decision:
    """Who is asked, in order; everybody considered, nearest first; the reason where nobody can be asked."""

    chosen: tuple[Candidate, ...]
    considered: tuple[Considered, ...]
    reason: str | None


def decide(candidates: Sequence[Candidate], need: Need, how_many: int = 1) -> Decision:
    """Choose up to `how_many` teams among the candidates at hand."""
    eligible = sorted(
        (team for team in candidates if _hindrance(team, need) is None), key=lambda team: _order(team, need)
    )
    chosen = tuple(eligible[:how_many])
    considered = tuple(
        Considered(team, effective_metres(team, need), _why(team, need, chosen))
        for team in sorted(candidates, key=lambda team: team.metres)
    )
    return Decision(chosen, considered, None if chosen else _reason(candidates, need))


def effective_metres(team: Candidate, need: Need) -> float:
    """How far a team counts to be: metres and penalties; skill and language are a preference within the commune."""
    by = need.penalties
    metres = team.metres + by.open_offer_m * team.open_offers + by.accepted_m * team.accepted
    if team.in_commune:
        metres += by.no_skill_m * _lacks_skill(team, need) + by.no_language_m * _lacks_language(team, need)
    return metres


def _order(team: Candidate, need: Need) -> tuple[int, float, float, datetime]:
    ring = 0 if team.of_village else 1 if team.in_commune else 2
    return ring, effective_metres(team, need), team.load, team.last_offer_at or _LONG_AGO


def _hindrance(team: Candidate, need: Need) -> Why | None:
    """Why a team cannot be asked at all."""
    if team.code in need.declined:
        return Why.DECLINED
    if team.code in need.asked:
        return Why.ASKED
    if not team.in_commune and not team.of_village and team.metres > need.reach_m:
        return Why.TOO_FAR
    if not team.reachable:
        return Why.UNREACHABLE
    return Why.FULL if team.is_full(need.most_held) else None


def _why(team: Candidate, need: Need, chosen: tuple[Candidate, ...]) -> Why:
    if team in chosen:
        return Why.CHOSEN
    if hindrance := _hindrance(team, need):
        return hindrance
    if team.in_commune and chosen and team.metres < chosen[0].metres:
        if _lacks_skill(team, need):
            return Why.NO_SKILL
        if _lacks_language(team, need):
            return Why.NO_LANGUAGE
    return Why.FARTHER


def _reason(candidates: Sequence[Candidate], need: Need) -> str:
    """Why nobody can be asked, the reason that may end soonest first."""
    hindrances = {_hindrance(team, need) for team in candidates} - {Why.TOO_FAR}
    if Why.FULL in hindrances:
        return "all_full"
    if Why.DECLINED in hindrances:
        return "all_declined"
    return "no_one_reachable" if Why.UNREACHABLE in hindrances else "no_team_near"


def _lacks_skill(team: Candidate, need: Need) -> bool:
    return need.category != "other" and need.category not in team.skills


def _lacks_language(team: Candidate, need: Need) -> bool:
    return need.language != EVERYBODY_SPEAKS and need.language not in team.speaks
