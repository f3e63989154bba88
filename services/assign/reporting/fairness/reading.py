"""All that the page of fairness shows, read at once."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from services.assign.places import store as places
from services.assign.places.tables import AdministrativeUnit
from services.assign.reporting.fairness.alike import Spread, Work, spread
from services.assign.reporting.fairness.store import works
from services.assign.reporting.period import Period

NAMED = 3
"""So many teams with the most work, and so many with the least."""


@dataclass(frozen=True, slots=True)
class Commune:
    """One commune in which teams are compared."""

    code: str
    name: str
    spread: Spread


@dataclass(frozen=True, slots=True)
class Beside:
    """A team beside its likes; `usual` is what they took on in the mean."""

    work: Work
    usual: float

    @property
    def more(self) -> float:
        """Tickets more than usual; below nought, fewer."""
        return self.work.accepted - self.usual


@dataclass(frozen=True, slots=True)
class Fairness:
    """A unit's figures: of all its teams, of each commune (the most uneven first), of teams that stand out."""

    place: AdministrativeUnit | None
    period: Period
    teams: int
    spread: Spread
    communes: list[Commune]
    most: list[Beside]
    least: list[Beside]

    @property
    def is_commune(self) -> bool:
        """Whether it is about one commune alone."""
        return [one.code for one in self.communes] == [self.place.code if self.place else None]


async def read_fairness(connection: AsyncConnection, place: AdministrativeUnit | None, period: Period) -> Fairness:
    top = [place] if place else await places.children_of(connection, None)
    found = await works(connection, [unit.key for unit in top], period)
    spreads = spread(found)
    by_code = spreads.by_commune()
    names = await places.units_by_code(connection, by_code)
    communes = [Commune(code, names[code].full_name if code in names else code, one) for code, one in by_code.items()]
    beside = _beside(spreads)
    return Fairness(
        place=place,
        period=period,
        teams=len(found),
        spread=spreads,
        communes=sorted(communes, key=lambda one: -(one.spread.accepted or 0)),
        most=[one for one in beside[:NAMED] if one.more > 0],
        least=[one for one in reversed(beside[-NAMED:]) if one.more < 0],
    )


def _beside(spreads: Spread) -> Sequence[Beside]:
    """Every compared team, the one farthest above its likes first."""
    found = [
        Beside(work, sum(other.accepted for other in group.teams) / len(group.teams))
        for group in spreads.groups
        for work in group.teams
    ]
    return sorted(found, key=lambda one: -one.more)
