"""A calendar changes: kept, and told to intake as a promise of each category, all in one unit of work.

Tickets keep the calendar they were promised by. Urgent categories count round the clock, whatever a unit says.
"""

from datetime import date, datetime

from services.assign.calendars import store
from services.assign.calendars.law import YEARS_AFTER, holidays_around
from services.assign.calendars.own import OwnCalendar, composed
from services.assign.places import store as places
from services.assign.places.announcements import EVERYWHERE as NOWHERE_IN_PARTICULAR
from services.assign.places.tables import AdministrativeUnit, Policy
from shared.clock import local
from shared.events.places import PromiseChanged
from shared.store import Unit
from shared.working_time import Calendar


async def change(unit: Unit, place: AdministrativeUnit | None, own: OwnCalendar, at: datetime, by: str) -> None:
    """From here on the unit works so (None: the whole country). `own.Wrong` where it makes no calendar."""
    today = local(at).date()
    calendar = composed(own, holidays_around(today), today)
    await store.keep(unit, _key(place), own, today.year + YEARS_AFTER, at, by)
    await _tell(unit, place, calendar, at)


async def follow_above(unit: Unit, place: AdministrativeUnit, at: datetime) -> bool:
    """From here on it works as the unit above it; False where it did already."""
    if not await store.forget(unit, place.key):
        return False
    for policy in await _by_office_hours(unit):
        revision = await store.next_revision(unit)
        _publish(unit, place, policy, policy.calendar, revision, at, retired=True)
    return True


async def tell_again(unit: Unit, place: AdministrativeUnit | None, own: OwnCalendar, today: date, at: datetime) -> None:
    """The same word with the public holidays of further years."""
    await _tell(unit, place, composed(own, holidays_around(today), today), at)
    await store.told_through(unit, _key(place), today.year + YEARS_AFTER)


async def _tell(unit: Unit, place: AdministrativeUnit | None, calendar: Calendar, at: datetime) -> None:
    plain = calendar.to_dict()
    for policy in await _by_office_hours(unit):
        revision = await store.next_revision(unit)
        if place is None:
            await store.replace_everywhere(unit, policy.category, plain, revision)
        _publish(unit, place, policy, plain, revision, at)


async def _by_office_hours(unit: Unit) -> list[Policy]:
    return [policy for policy in (await places.policies(unit.connection)).values() if not policy.urgent]


def _publish(
    unit: Unit,
    place: AdministrativeUnit | None,
    policy: Policy,
    calendar: dict[str, object],
    revision: int,
    at: datetime,
    retired: bool = False,
) -> None:
    event = PromiseChanged(
        revision=revision,
        changed_at=at,
        category=policy.category,
        unit=place.key if place else None,
        response_s=policy.response_s,
        resolution_s=policy.resolution_s,
        urgent=policy.urgent,
        calendar=calendar,
        retired=retired,
    )
    unit.publish(event, about=policy.category, province=place.province if place else NOWHERE_IN_PARTICULAR, at=at)


def _key(place: AdministrativeUnit | None) -> str:
    return place.key if place else store.EVERYWHERE
