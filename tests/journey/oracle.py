"""The right team by brute force: every team of the roster is looked at, as `product.md` says it; no index, no query.

It keeps its own count of what each team holds, told by the test as things happen.
"""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from tests.journey.roster import Point, Roster, Team, metres_between

CAPACITY = 5
REACH_M = 15_000
URGENT = "scam_safety"


@dataclass(frozen=True)
class Need:
    """What is asked for, and where. `village_team`: the team of the village that the request names."""

    category: str
    language: str
    point: Point
    commune: str
    village_team: str | None = None

    @property
    def at_once(self) -> int:
        """How many teams are asked at once."""
        return 3 if self.category == URGENT else 1


class Oracle:
    """Knows the roster and the loads."""

    def __init__(self, roster: Roster) -> None:
        self.roster = roster
        self.offers: Counter[str] = Counter()
        self.accepted: Counter[str] = Counter()

    def load(self, team: str) -> float:
        """Accepted tickets, an open offer counting as half."""
        return self.accepted[team] + self.offers[team] / 2

    def choose(self, need: Need, how_many: int, but: Collection[str] = ()) -> list[Team]:
        """The teams to ask, in order; none where nobody can be asked. `but` are not asked (again)."""
        can = [team for team in self.roster.teams.values() if team.code not in but and self._can(team, need)]
        return sorted(can, key=lambda team: self._place_in_row(team, need))[:how_many]

    def metres(self, team: Team, need: Need) -> float:
        return metres_between(team.point, need.point)

    def nearest(self, need: Need, how_many: int) -> list[Team]:
        """Whoever is nearest, whether they can be asked or not."""
        return sorted(self.roster.teams.values(), key=lambda team: self.metres(team, need))[:how_many]

    def _can(self, team: Team, need: Need) -> bool:
        is_near = team.commune == need.commune or self.metres(team, need) <= REACH_M
        return is_near and self.load(team.code) < CAPACITY

    def _place_in_row(self, team: Team, need: Need) -> tuple[int, float, float]:
        """Distances to the decimetre; among equals the least loaded. In the sample no two teams stand at one point."""
        ring, metres = self._ring_and_metres(team, need)
        return ring, round(metres, 1), self.load(team.code)

    def _ring_and_metres(self, team: Team, need: Need) -> tuple[int, float]:
        metres = self.metres(team, need) + 100 * self.offers[team.code] + 200 * self.accepted[team.code]
        if team.code == need.village_team:
            return 0, metres
        if team.commune != need.commune:
            return 2, metres
        if need.category != "other" and not team.has(need.category):
            metres += 1_500
        if need.language != "vi" and not team.speaks(need.language):
            metres += 3_000
        return 1, metres
