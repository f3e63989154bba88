"""All that the board shows, read at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from services.assign.places import store as places
from services.assign.places.tables import AdministrativeUnit, Category
from services.assign.reporting.api import ReadBy, make_rows
from services.assign.reporting.period import Period
from services.assign.reporting.report import Key, Row, make_report
from services.assign.reporting.store import Only, Question, most_asked
from services.assign.reporting.supervisor import store as supervisor
from services.assign.reporting.supervisor.board import store
from services.assign.reporting.supervisor.board.ages import Ages
from services.assign.reporting.supervisor.board.filters import Filters
from services.assign.reporting.supervisor.board.store import WithoutTeam
from services.assign.reporting.supervisor.reading import key_names
from services.assign.reporting.supervisor.store import Needing
from shared.identity import Principal

MOST_TEAMS = 120
"""Teams on the page; the file has them all."""


@dataclass(frozen=True, slots=True)
class Board:
    """`rows`, `before`: by key, this period and the one before. `days`: each day of the period, for the charts."""

    filters: Filters
    place: AdministrativeUnit | None
    above: list[AdministrativeUnit]
    """The units over the place that the viewer may see, the topmost first."""
    has_below: bool
    by: ReadBy
    needing: list[Needing]
    unreached: int
    """Teams in which nobody can be reached."""
    total: Row
    total_before: Row
    rows: dict[Key, Row]
    quiet: list[Key]
    """Keys of rows in which there is nothing to see."""
    rows_left: int
    before: Mapping[Key, Row]
    days: dict[Key, Row]
    names: dict[str, str]
    only_name: str | None
    ages: dict[Key, Ages]
    """Of what is open now: empty for a period that is over."""
    without_team: WithoutTeam
    categories: list[Category]

    @property
    def is_empty(self) -> bool:
        return says_nothing(self.total)


async def read_board(
    connection: AsyncConnection, watcher: Principal, place: AdministrativeUnit | None, filters: Filters, now: datetime
) -> Board:
    below = await places.children_of(connection, place.key if place else None)
    by = filters.by if filters.by in filters.bys else "unit" if below else "team" if not filters.only else "day"
    asked = _Asked(connection, place, filters.only, now)
    days = await asked.rows("day", filters.period)
    among, keys = await asked.most_asked(filters.period) if by == "team" and not filters.only else (None, 0)
    rows = days if by == "day" else await asked.rows(by, filters.period, among)
    quiet = [] if by == "day" else [key for key, row in rows.items() if says_nothing(row)]
    kept = {key: row for key, row in rows.items() if key not in set(quiet)}
    unit = place.code if place else None
    depth = len(place.path) + bool(below) if place else 1
    total = await asked.total(filters.period)
    return Board(
        filters=replace(filters, by=by),
        place=place,
        above=await _above(connection, watcher, place),
        has_below=bool(below),
        by=by,
        needing=await supervisor.needing(connection, unit, now),
        unreached=await supervisor.count_unreached(connection, unit),
        total=total,
        total_before=await asked.total(filters.before),
        rows=kept,
        quiet=quiet,
        rows_left=max(0, keys - len(rows)),
        before={} if by == "day" else await asked.rows(by, filters.before, among),
        days=days,
        names=await key_names(connection, by, list(rows)),
        only_name=await _name_of(connection, filters.only, unit, total),
        ages=await store.ages(connection, unit, by, depth, filters.only, now) if filters.period.holds(now) else {},
        without_team=await store.without_team(connection, unit),
        categories=await places.categories(connection),
    )


async def _name_of(connection: AsyncConnection, only: Only | None, unit: str | None, total: Row) -> str | None:
    """A team is named to whoever has it below them, or sees its work there; to others it is a code like any other."""
    if only is None or only.dimension != "team":
        return None
    below = unit if says_nothing(total) else None
    return (await supervisor.team_names(connection, [only.key], below)).get(only.key)


def says_nothing(row: Row) -> bool:
    """Nothing was asked, fell due or is open, nothing was done or said of what was asked before."""
    due = any(clock.met + clock.missed for clock in row.figures.values())
    done = row.resolved or row.reopened or row.unrouted or row.ratings
    return not (row.submitted or row.open or row.offers or due or done)


@dataclass(frozen=True, slots=True)
class _Asked:
    """Of whom figures are asked."""

    connection: AsyncConnection
    place: AdministrativeUnit | None
    only: Only | None
    now: datetime

    async def rows(self, by: ReadBy, period: Period, among: Sequence[Key] | None = None) -> dict[Key, Row]:
        return await make_rows(self.connection, self.place, by, period, self.now, self.only, among)

    async def most_asked(self, period: Period) -> tuple[list[Key], int]:
        """A province has more teams than a page: those of whom most was asked; and of how many."""
        question = Question(self.place.code if self.place else None, period, "team")
        return await most_asked(self.connection, question, MOST_TEAMS)

    async def total(self, period: Period) -> Row:
        question = Question(self.place.code if self.place else None, period, only=self.only)
        return (await make_report(self.connection, question, self.now, ["all"]))["all"]


async def _above(
    connection: AsyncConnection, watcher: Principal, place: AdministrativeUnit | None
) -> list[AdministrativeUnit]:
    """Nothing above one's own unit."""
    path = list(reversed(await places.up_from(connection, place)))[:-1]
    codes = [unit.code for unit in path]
    return path[codes.index(watcher.unit) :] if watcher.unit in codes else path if watcher.unit is None else []
