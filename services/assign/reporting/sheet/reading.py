"""All that a sheet says, read at once; every figure as `make_rows` gives it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from services.assign.places import store as places
from services.assign.places.tables import AdministrativeUnit, Category
from services.assign.reporting.api import make_rows
from services.assign.reporting.sheet import store
from services.assign.reporting.sheet.lines import Line, Roster, line_of, total, whole_roster
from services.assign.reporting.sheet.month import Month


@dataclass(frozen=True, slots=True)
class Duty:
    """A month of one category."""

    code: str
    category: Category | None
    line: Line


@dataclass(frozen=True, slots=True)
class Below:
    """A month of one unit right below, with its teams; `without` names its communes that have none."""

    code: str
    unit: AdministrativeUnit | None
    """None: it is no longer in force, and something was asked there all the same."""
    line: Line
    roster: Roster
    without: list[str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The sheet of a unit (None: of all provinces). `below` is empty for a commune."""

    place: AdministrativeUnit | None
    above: AdministrativeUnit | None
    month: Month
    made_at: datetime
    duties: list[Duty]
    sum: Line
    below: list[Below]
    roster: Roster
    without: list[str]


async def read_sheet(
    connection: AsyncConnection, place: AdministrativeUnit | None, month: Month, now: datetime
) -> Sheet:
    """Duties and units each have the same sum: `sum`."""
    duties = await _duties(connection, place, month, now)
    units = {unit.code: unit for unit in await places.children_of(connection, place.key if place else None)}
    code, depth = place.code if place else None, len(place.path) + bool(units) if place else 1
    rosters = await store.rosters(connection, code, depth)
    without = await store.communes_without(connection, code, depth)
    rows = await make_rows(connection, place, "unit", month.period, now) if units else {}
    lines = {key: line_of(row) for key, row in rows.items() if key}
    above = await places.up_from(connection, place)
    return Sheet(
        place=place,
        above=above[1] if len(above) > 1 else None,
        month=month,
        made_at=now,
        duties=duties,
        sum=total([duty.line for duty in duties]),
        below=[
            Below(key, units.get(key), line, rosters.get(key, Roster()), without.get(key, []))
            for key, line in lines.items()
        ],
        roster=whole_roster(list(rosters.values())),
        without=[name for names in without.values() for name in names],
    )


async def _duties(
    connection: AsyncConnection, place: AdministrativeUnit | None, month: Month, now: datetime
) -> list[Duty]:
    """Every duty of today, in its order; a retired one only where something was asked of it."""
    rows = await make_rows(connection, place, "category", month.period, now)
    lines = {code: line_of(row) for code, row in rows.items() if code}
    known = {category.code: category for category in await places.categories(connection)}
    codes = [code for code, category in known.items() if not category.retired or code in lines]
    codes += [code for code in lines if code not in known]
    return [Duty(code, known.get(code), lines.get(code, Line())) for code in codes]
