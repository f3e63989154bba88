"""The nearest village team: which team is asked, and why the others are not. Pure.

1. The village's own team, when the request names a village.
2. Else the commune's teams, nearest first.
3. Else teams of other communes, nearest first, as far as the policy reaches.
4. Else nobody, with the reason.

All distances are metres. Penalties make a team count as farther than it stands; among equals the least loaded is asked,
then the one that was asked longest ago, then whom the lot falls on; never the first in the alphabet.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import blake2b

OFFER_LOAD = 0.5
EVERYBODY_SPEAKS = "vi"
DECIMETRES = 1
"""Places behind the point to which distances are compared, as they are shown: what differs by less is noise."""
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
    """What is looked for. `asked`, `declined` and `unreached` are codes of teams that were asked already; `ticket` is
    what lots are drawn with."""

    category: str
    language: str = EVERYBODY_SPEAKS
    reach_m: float = 15_000
    asked: frozenset[str] = frozenset()
    declined: frozenset[str] = frozenset()
    penalties: Penalties = Penalties()
    most_held: int | None = None
    ticket: str = ""
    unreached: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Considered:
    """A candidate and what was thought of it."""

    team: Candidate
    effective_m: float
    why: Why


@dataclass(frozen=True, slots=True)
class Decision:
    """Who is asked, in order; all who could be; everybody considered, nearest first; why nobody can be asked."""

    chosen: tuple[Candidate, ...]
    able: tuple[Candidate, ...]
    considered: tuple[Considered, ...]
    reason: str | None


def decide(candidates: Sequence[Candidate], need: Need, how_many: int = 1) -> Decision:
    """Choose up to `how_many` teams among the candidates at hand."""
    hindrances = {team.code: _hindrance(team, need) for team in candidates}
    effective = {team.code: effective_metres(team, need) for team in candidates}
    able = _in_order([team for team in candidates if not hindrances[team.code]], effective, need)
    chosen = tuple(able[:how_many])
    considered = tuple(
        Considered(team, effective[team.code], _why(team, need, chosen, hindrances[team.code]))
        for team in sorted(candidates, key=lambda team: team.metres)
    )
    return Decision(chosen, tuple(able), considered, None if chosen else _reason(set(hindrances.values())))


def effective_metres(team: Candidate, need: Need) -> float:
    """How far a team counts to be: where it stands, and what it holds."""
    by = need.penalties
    return standing_metres(team, need) + by.open_offer_m * team.open_offers + by.accepted_m * team.accepted


def standing_metres(team: Candidate, need: Need) -> float:
    """How far it would count to be if it held nothing; skill and language are a preference within the commune."""
    if not team.in_commune:
        return team.metres
    by = need.penalties
    return team.metres + by.no_skill_m * _lacks_skill(team, need) + by.no_language_m * _lacks_language(team, need)


def ring(team: Candidate) -> int:
    """The village's own team, then the commune's, then those of others: no distance outweighs this."""
    return 0 if team.of_village else 1 if team.in_commune else 2


def _in_order(teams: list[Candidate], effective: Mapping[str, float], need: Need) -> list[Candidate]:
    """Whom to ask first; lots are drawn only where some are equal in all else."""
    orders = {
        team.code: (ring(team), round(effective[team.code], DECIMETRES), team.load, team.last_offer_at or _LONG_AGO)
        for team in teams
    }
    if len(set(orders.values())) < len(orders):
        return sorted(teams, key=lambda team: (orders[team.code], _lot(team, need)))
    return sorted(teams, key=lambda team: orders[team.code])


def _lot(team: Candidate, need: Need) -> bytes:
    """Drawn anew for each ticket and the same whenever it is looked at: no code or name is ever the lucky one."""
    return blake2b(f"{need.ticket} {team.code}".encode(), digest_size=8).digest()


def _hindrance(team: Candidate, need: Need) -> Why | None:
    """Why a team cannot be asked at all."""
    if team.code in need.declined:
        return Why.DECLINED
    if team.code in need.asked:
        return Why.ASKED
    if not team.in_commune and not team.of_village and team.metres > need.reach_m:
        return Why.TOO_FAR
    if not team.reachable or team.code in need.unreached:
        return Why.UNREACHABLE
    return Why.FULL if team.is_full(need.most_held) else None


def _why(team: Candidate, need: Need, chosen: tuple[Candidate, ...], hindrance: Why | None) -> Why:
    if any(team is one for one in chosen):
        return Why.CHOSEN
    if hindrance:
        return hindrance
    if team.in_commune and chosen and team.metres < chosen[0].metres:
        if _lacks_skill(team, need):
            return Why.NO_SKILL
        if _lacks_language(team, need):
            return Why.NO_LANGUAGE
    return Why.FARTHER


def _reason(hindrances: set[Why | None]) -> str:
    """Why nobody can be asked, the reason that may end soonest first."""
    if Why.FULL in hindrances:
        return "all_full"
    if Why.DECLINED in hindrances:
        return "all_declined"
    return "no_one_reachable" if Why.UNREACHABLE in hindrances else "no_team_near"


def _lacks_skill(team: Candidate, need: Need) -> bool:
    return need.category != "other" and need.category not in team.skills


def _lacks_language(team: Candidate, need: Need) -> bool:
    return need.language != EVERYBODY_SPEAKS and need.language not in team.speaks
