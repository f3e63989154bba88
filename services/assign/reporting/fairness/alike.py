"""Teams alike in demand, and how the work has spread among them. Pure.

A team's *demand* in a period is how often it would have been asked by its place alone, had no team held anything
(`services.assign.offers.demand`). Teams of one commune whose demand differs by a tenth at most are alike; where they
had fewer than five askings each, a request more or less says nothing, and they are not compared.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from services.assign.reporting.fairness.gini import gini

WITHIN = 0.1
LEAST = 5.0
EVEN = 0.1
"""What is promised: the Gini coefficient among teams alike in demand is at most this."""
_VERY_EVEN, _UNEVEN = 0.05, 0.2
_NOISE = 1e-9
Verdict = Literal["very_even", "even", "rather_uneven", "uneven"]


@dataclass(frozen=True, slots=True)
class Work:
    """What one team was due by place, was asked, and took on in a period."""

    team: str
    name: str
    commune: str
    demand: float
    asked: int
    accepted: int


@dataclass(frozen=True, slots=True)
class Alike:
    """Teams alike in demand, those with the most work first."""

    teams: tuple[Work, ...]

    @property
    def commune(self) -> str:
        return self.teams[0].commune

    @property
    def asked(self) -> float:
        return gini([work.asked for work in self.teams])

    @property
    def accepted(self) -> float:
        return gini([work.accepted for work in self.teams])


@dataclass(frozen=True, slots=True)
class Spread:
    """How evenly teams alike were asked and took on work: Gini coefficients, each group by the number of its teams."""

    groups: tuple[Alike, ...]

    @property
    def compared(self) -> int:
        """How many teams have others alike."""
        return sum(len(group.teams) for group in self.groups)

    @property
    def asked(self) -> float | None:
        """None where no two teams are alike."""
        return self._mean([group.asked for group in self.groups])

    @property
    def accepted(self) -> float | None:
        return self._mean([group.accepted for group in self.groups])

    def by_commune(self) -> dict[str, "Spread"]:
        """The same for each commune in which teams are compared, by its code."""
        found: defaultdict[str, list[Alike]] = defaultdict(list)
        for group in self.groups:
            found[group.commune].append(group)
        return {commune: Spread(tuple(groups)) for commune, groups in found.items()}

    def _mean(self, ginis: Sequence[float]) -> float | None:
        if not self.groups:
            return None
        sizes = [len(group.teams) for group in self.groups]
        return sum(one * size for one, size in zip(ginis, sizes, strict=True)) / sum(sizes)


def spread(works: Iterable[Work]) -> Spread:
    """Compare the teams of each commune with those alike."""
    by_commune: defaultdict[str, list[Work]] = defaultdict(list)
    for work in works:
        by_commune[work.commune].append(work)
    return Spread(tuple(group for theirs in by_commune.values() for group in _groups(theirs)))


def verdict(index: float) -> Verdict:
    """The same in a word."""
    if index <= _VERY_EVEN:
        return "very_even"
    if index <= EVEN:
        return "even"
    return "rather_uneven" if index <= _UNEVEN else "uneven"


def _groups(works: list[Work]) -> list[Alike]:
    groups: list[list[Work]] = []
    for work in sorted(works, key=lambda work: -work.demand):
        if work.demand < LEAST - _NOISE:
            break
        if groups and work.demand >= groups[-1][0].demand * (1 - WITHIN) - _NOISE:
            groups[-1].append(work)
        else:
            groups.append([work])
    return [Alike(tuple(sorted(group, key=_most_first))) for group in groups if len(group) > 1]


def _most_first(work: Work) -> tuple[float, ...]:
    return -work.accepted, -work.asked, -work.demand
