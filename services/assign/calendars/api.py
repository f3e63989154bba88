"""`/api/v1/units/{code}/calendar`: when a unit works. `vn` is the whole country, an administrator's."""

from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncConnection

from services.assign.calendars.changing import change, follow_above
from services.assign.calendars.own import MOST_DAYS, MOST_STRETCHES, Day, Kind, OwnCalendar, Shown, Wrong
from services.assign.calendars.reading import Counting, counting_for, days_to_come
from services.assign.places import store as places
from services.assign.places.tables import AdministrativeUnit
from shared.identity import Principal, Role, holds_unit
from shared.service import service_of
from shared.web.api import ApiRoute
from shared.web.asking import SignedIn, has_role
from shared.web.languages import say
from shared.web.problems import Problem
from shared.working_time import WEEKDAYS, Hours

router = APIRouter(prefix="/api/v1/units", route_class=ApiRoute, tags=["units"])
COUNTRY = "vn"
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
Stretch = Annotated[str, Field(pattern=r"^\d\d:\d\d-\d\d:\d\d$")]


class DayOut(BaseModel):
    """A date out of turn, and why."""

    date: date
    why: str = Field(default="", max_length=80)


class CalendarIn(BaseModel):
    """Hours by weekday (`07:30-11:30`; lunch is the gap), days closed, days worked, and whether holidays are kept."""

    weekly: dict[Weekday, Annotated[list[Stretch], Field(max_length=MOST_STRETCHES)]]
    closed: list[DayOut] = Field(default=[], max_length=MOST_DAYS)
    worked: list[DayOut] = Field(default=[], max_length=MOST_DAYS)
    keeps_holidays: bool = True


class DayShown(BaseModel):
    """One of the days to come: `weekly`, `holiday`, `closed` by the unit, or `worked` out of turn."""

    date: date
    hours: list[str]
    kind: Kind
    why: str


class CalendarShown(CalendarIn):
    """The calendar that counts for a unit; `from_unit` said it (null is the whole country)."""

    unit: str
    is_own: bool
    from_unit: str | None
    changed_at: datetime | None
    days: list[DayShown]


@router.get("/{code}/calendar")
async def read(
    request: Request, principal: SignedIn, code: str, days: Annotated[int, Query(ge=1, le=366)] = 30
) -> CalendarShown:
    """What counts, with the days to come."""
    service = service_of(request)
    async with service.store.read() as connection:
        place = await place_of(connection, principal, code)
        counting = await counting_for(connection, place)
    return _shown(code, counting, days_to_come(counting.own, service.clock.now(), days))


@router.put("/{code}/calendar")
async def write(
    request: Request, principal: SignedIn, code: str, wish: CalendarIn, preview: bool = False
) -> CalendarShown:
    """Work so from here on; with `preview=true` nothing is kept. Tickets keep the calendar they were promised by."""
    service = service_of(request)
    own, now = _own(wish), service.clock.now()
    async with service.store.begin() as unit:
        place = await place_to_change(unit.connection, principal, code)
        days = _days(own, now)
        if not preview:
            await change(unit, place, own, now, principal.id)
    return _shown(code, Counting(own, place, True, now), days)


@router.delete("/{code}/calendar", status_code=204)
async def follow(request: Request, principal: SignedIn, code: str) -> None:
    """Work as the unit above from here on."""
    service = service_of(request)
    async with service.store.begin() as unit:
        place = await place_to_change(unit.connection, principal, code)
        if place is None or not await follow_above(unit, place, service.clock.now()):
            raise Problem(404)


async def place_of(connection: AsyncConnection, principal: Principal, code: str) -> AdministrativeUnit | None:
    """The unit, where it lies in somebody's territory; None for the country. Problem 404."""
    if code == COUNTRY and principal.role is Role.ADMINISTRATOR:
        return None
    found = await places.unit_by_code(connection, code)
    if found is None or not holds_unit(principal, found.path):
        raise Problem(404)
    return found


async def place_to_change(connection: AsyncConnection, principal: Principal, code: str) -> AdministrativeUnit | None:
    """The same, for those who may change it: its supervisors and administrators."""
    has_role(principal, Role.SUPERVISOR, Role.ADMINISTRATOR)
    return await place_of(connection, principal, code)


def _days(own: OwnCalendar, now: datetime) -> list[Shown]:
    try:
        return days_to_come(own, now)
    except Wrong as wrong:
        raise Problem(422, errors={wrong.field: say(f"calendars.wrong.{wrong.key}", **wrong.values)}) from None


def _own(wish: CalendarIn) -> OwnCalendar:
    try:
        weekly = tuple(tuple(map(Hours.parse, wish.weekly.get(name, []))) for name in WEEKDAYS)
    except ValueError:
        raise Problem(422, errors={"weekly": say("calendars.wrong.hours")}) from None
    closed = tuple(sorted(Day(day.date, day.why) for day in wish.closed))
    worked = tuple(sorted(Day(day.date, day.why) for day in wish.worked))
    return OwnCalendar(weekly, closed, worked, wish.keeps_holidays)


def _shown(code: str, counting: Counting, days: list[Shown]) -> CalendarShown:
    return CalendarShown.model_validate(
        counting.own.to_dict()
        | {
            "unit": code,
            "is_own": counting.is_own,
            "from_unit": counting.said_by.code if counting.said_by else None,
            "changed_at": counting.changed_at,
            "days": [
                {"date": day.date, "hours": [str(hours) for hours in day.hours], "kind": day.kind, "why": day.why}
                for day in days
            ],
        }
    )
