"""Every query about units' calendars."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from services.assign.calendars.own import OwnCalendar
from services.assign.calendars.tables import UnitCalendar
from services.assign.reading import many
from shared.store import Unit

EVERYWHERE = ""


async def said_by(connection: AsyncConnection, unit: str) -> UnitCalendar | None:
    """What this very unit said."""
    found = await many(connection, UnitCalendar, select(UnitCalendar).where(col(UnitCalendar.unit) == unit))
    return found[0] if found else None


async def nearest(connection: AsyncConnection, units: Sequence[str]) -> UnitCalendar | None:
    """What the first of these units (keys) said that said anything."""
    wanted = select(UnitCalendar).where(col(UnitCalendar.unit).in_(list(units)))
    found = {calendar.unit: calendar for calendar in await many(connection, UnitCalendar, wanted)}
    return next((found[unit] for unit in units if unit in found), None)


async def keep(unit: Unit, key: str, own: OwnCalendar, through: int, at: datetime, by: str) -> None:
    """What a unit says from here on."""
    row = {"unit": key, "said": own.to_dict(), "through": through, "changed_at": at, "changed_by": by}
    statement = insert(UnitCalendar).values(row)
    await unit.execute(statement.on_conflict_do_update(index_elements=[col(UnitCalendar.unit)], set_=row))


async def extend(unit: Unit, year: int) -> int:
    """Every calendar is told with the holidays up to the end of this year; how many were not."""
    statement = update(UnitCalendar).where(col(UnitCalendar.through) < year).values(through=year)
    return (await unit.execute(statement)).rowcount


async def forget(unit: Unit, key: str) -> bool:
    """It says nothing any more; False where it never did."""
    return (await unit.execute(delete(UnitCalendar).where(col(UnitCalendar.unit) == key))).rowcount == 1
