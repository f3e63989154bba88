"""Every query about units' calendars."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from services.assign.calendars.own import OwnCalendar
from services.assign.calendars.tables import UnitCalendar
from services.assign.places.tables import Policy
from services.assign.reading import many
from shared.store import Unit

EVERYWHERE = ""
_REVISION = text("select nextval('promise_revision')")


async def said_by(connection: AsyncConnection, unit: str) -> UnitCalendar | None:
    """What this very unit said."""
    found = await many(connection, UnitCalendar, select(UnitCalendar).where(col(UnitCalendar.unit) == unit))
    return found[0] if found else None


async def nearest(connection: AsyncConnection, units: Sequence[str]) -> UnitCalendar | None:
    """What the first of these units (keys) said that said anything."""
    wanted = select(UnitCalendar).where(col(UnitCalendar.unit).in_(list(units)))
    found = {calendar.unit: calendar for calendar in await many(connection, UnitCalendar, wanted)}
    return next((found[unit] for unit in units if unit in found), None)


async def running_out(connection: AsyncConnection, year: int, most: int = 100) -> list[UnitCalendar]:
    """Calendars whose holidays are told only for years before `year`."""
    wanted = select(UnitCalendar).where(col(UnitCalendar.through) < year).order_by(col(UnitCalendar.unit)).limit(most)
    return await many(connection, UnitCalendar, wanted)


async def keep(unit: Unit, key: str, own: OwnCalendar, through: int, at: datetime, by: str) -> None:
    """What a unit says from here on."""
    row = {"unit": key, "said": own.to_dict(), "through": through, "changed_at": at, "changed_by": by}
    statement = insert(UnitCalendar).values(row)
    await unit.execute(statement.on_conflict_do_update(index_elements=[col(UnitCalendar.unit)], set_=row))


async def told_through(unit: Unit, key: str, year: int) -> None:
    """Its holidays have been told up to the end of this year."""
    await unit.execute(update(UnitCalendar).where(col(UnitCalendar.unit) == key).values(through=year))


async def forget(unit: Unit, key: str) -> bool:
    """It says nothing any more; False where it never did."""
    return (await unit.execute(delete(UnitCalendar).where(col(UnitCalendar.unit) == key))).rowcount == 1


async def next_revision(unit: Unit) -> int:
    """Greater than that of every promise told before."""
    return int(await unit.connection.scalar(_REVISION) or 0)


async def replace_everywhere(unit: Unit, category: str, calendar: dict[str, object], revision: int) -> None:
    """The calendar of a category where no unit says otherwise."""
    statement = update(Policy).where(col(Policy.category) == category)
    await unit.execute(statement.values(calendar=calendar, revision=revision))
