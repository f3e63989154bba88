"""A calendar changes: kept, and told as what is promised by it, all in one unit of work.

Tickets keep the calendar they were promised by. Urgent categories count round the clock, whatever a unit says.
"""

from datetime import datetime

from services.assign.calendars import store
from services.assign.calendars.law import YEARS_AFTER, holidays_around
from services.assign.calendars.own import OwnCalendar, composed
from services.assign.places.tables import AdministrativeUnit
from services.assign.policies.telling import tell_promises
from shared.clock import local
from shared.store import Unit


async def change(unit: Unit, place: AdministrativeUnit | None, own: OwnCalendar, at: datetime, by: str) -> None:
    """From here on the unit works so (None: the whole country). `own.Wrong` where it makes no calendar."""
    today = local(at).date()
    composed(own, holidays_around(today), today)
    await store.keep(unit, place.key if place else store.EVERYWHERE, own, today.year + YEARS_AFTER, at, by)
    await tell_promises(unit, place, at)


async def follow_above(unit: Unit, place: AdministrativeUnit, at: datetime) -> bool:
    """From here on it works as the unit above it; False where it did already."""
    if not await store.forget(unit, place.key):
        return False
    await tell_promises(unit, place, at)
    return True
