"""Every year the calendars learn the holidays of one year more, so that no promise ever lies beyond what they know."""

from datetime import date, datetime, time

import structlog

from services.assign.calendars import store
from services.assign.calendars.changing import tell_again
from services.assign.calendars.law import YEARS_AFTER, office
from services.assign.calendars.own import OwnCalendar
from services.assign.places import store as places
from shared.clock import Clock, local
from shared.store import Store

log = structlog.get_logger()


class Horizon:
    """A cycle: at the turn of a year, and at each start, in case it was missed."""

    def __init__(self, own: Store, clock: Clock) -> None:
        self._store = own
        self._clock = clock

    async def work(self) -> datetime | None:
        """Tell what runs out; the next turn of the year."""
        now = self._clock.now()
        today = local(now).date()
        async with self._store.begin() as unit:
            if await store.said_by(unit.connection, store.EVERYWHERE) is None:
                await store.keep(unit, store.EVERYWHERE, office(), today.year, now, "system")
            ending = await store.running_out(unit.connection, today.year + YEARS_AFTER)
            known = await places.units_by_key(unit.connection, [calendar.unit for calendar in ending])
            for calendar in ending:
                place = known.get(calendar.unit)
                await tell_again(unit, place, OwnCalendar.from_dict(calendar.said), today, now)
                log.info("calendar.extended", unit=place.code if place else None, through=today.year + YEARS_AFTER)
        return datetime.combine(date(today.year + 1, 1, 1), time(), local(now).tzinfo)
