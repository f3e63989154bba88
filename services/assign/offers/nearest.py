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

NO_SKILL_M = 1_500
NO_LANGUAGE_M = 3_000
OPEN_OFFER_M = 100
ACCEPTED_M = 200
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

    @property
    def full(self) -> bool:
        return self.load >= self.capacity


@dataclass(frozen=True, slots=True)
class Need:
    """What is looked for. `asked` and `declined` are codes of teams that were asked already."""

    category: str
    language: str = EVERYBODY_SPEAKS
    reach_m: float = 15_000
    asked: frozenset[str] = frozenset()
    declined: frozenset[str] = frozenset()


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
    metres = team.metres + OPEN_OFFER_M * team.open_offers + ACCEPTED_M * team.accepted
    if team.in_commune:
        metres += NO_SKILL_M * _lacks_skill(team, need) + NO_LANGUAGE_M * _lacks_language(team, need)
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
    return Why.FULL if team.full else None


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
