"""What a line of the sheet says, taken from the one room of definitions; lines add up to the line of their sum. Pure.

Only figures that add up stand in a sheet: no medians.
"""

from dataclasses import dataclass, fields
from functools import reduce
from operator import add
from typing import Literal, TypeVar

from services.assign.reporting.definitions import share
from services.assign.reporting.report import Row

Kind = Literal["count", "share", "mean"]
L = TypeVar("L", "Line", "Roster")


@dataclass(frozen=True, slots=True)
class Line:
    """A month of one duty or one unit. `in_time` and `late` are of the time to finish, by the day it fell due."""

    received: int = 0
    solved: int = 0
    in_time: int = 0
    late: int = 0
    open: int = 0
    unrouted: int = 0
    reopened: int = 0
    ratings: int = 0
    stars: int = 0

    def __add__(self, other: "Line") -> "Line":
        return _added(self, other)

    @property
    def share(self) -> float | None:
        return share(self.in_time, self.late)

    @property
    def rating(self) -> float | None:
        return Row(ratings=self.ratings, stars=self.stars).rating_mean


@dataclass(frozen=True, slots=True)
class Roster:
    """The teams of one unit as they stand now: with a leader, with somebody who can be reached; their members."""

    teams: int = 0
    led: int = 0
    reachable: int = 0
    members: int = 0

    def __add__(self, other: "Roster") -> "Roster":
        return _added(self, other)


FIGURES: dict[str, Kind] = {
    "received": "count",
    "solved": "count",
    "in_time": "count",
    "late": "count",
    "share": "share",
    "open": "count",
    "unrouted": "count",
    "reopened": "count",
    "rating": "mean",
    "ratings": "count",
}
"""Columns of a line, in their order, each a name of it."""
ROSTER: dict[str, Kind] = {"teams": "count", "led": "count", "reachable": "count", "members": "count"}


def line_of(row: Row) -> Line:
    """What a row of `make_rows` says for the sheet."""
    finished = row.figures["resolution"]
    return Line(
        received=row.submitted,
        solved=row.resolved,
        in_time=finished.met,
        late=finished.missed,
        open=row.open,
        unrouted=row.unrouted,
        reopened=row.reopened,
        ratings=row.ratings,
        stars=row.stars,
    )


def total(lines: list[Line]) -> Line:
    return reduce(add, lines, Line())


def whole_roster(rosters: list[Roster]) -> Roster:
    return reduce(add, rosters, Roster())


def _added(one: L, other: L) -> L:
    return type(one)(*(getattr(one, field.name) + getattr(other, field.name) for field in fields(one)))
