"""Whose calendar counts for a unit, and what it looks like in the days to come."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from services.assign.calendars import store
from services.assign.calendars.law import holidays_around, office
from services.assign.calendars.own import OwnCalendar, Shown, composed, preview
from services.assign.calendars.tables import UnitCalendar
from services.assign.places import store as places
from services.assign.places.tables import AdministrativeUnit
from shared.clock import local


@dataclass(frozen=True)
class Counting:
    """The calendar that counts for a unit. `said_by` is the unit that said it; None is the whole country."""

    own: OwnCalendar
    said_by: AdministrativeUnit | None
    is_own: bool
    changed_at: datetime | None


async def counting_for(connection: AsyncConnection, place: AdministrativeUnit | None) -> Counting:
    """What the unit itself said, else the nearest above it."""
    chain = await places.up_from(connection, place)
    found = await store.nearest(connection, [*(unit.key for unit in chain), store.EVERYWHERE])
    said_by = next((unit for unit in chain if found and unit.key == found.unit), None)
    own = OwnCalendar.from_dict(found.said) if found else office()
    return Counting(own, said_by, _is_own(found, place), found.changed_at if found else None)


def days_to_come(own: OwnCalendar, now: datetime, days: int = 30) -> list[Shown]:
    """From today on. `own.Wrong` where it makes no calendar."""
    today = local(now).date()
    holidays = holidays_around(today)
    return preview(own, composed(own, holidays, today), holidays, today, days)


def _is_own(found: UnitCalendar | None, place: AdministrativeUnit | None) -> bool:
    return found is not None and found.unit == (place.key if place else store.EVERYWHERE)
