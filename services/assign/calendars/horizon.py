"""Every year the calendars learn the holidays of one year more, so that no promise ever lies beyond what they know."""

from datetime import date, datetime, time

import structlog

from services.assign.calendars import store
from services.assign.calendars.law import YEARS_AFTER, office
from services.assign.policies.telling import tell_promises
from shared.clock import Clock, local
from shared.store import Store

log = structlog.get_logger()


class Horizon:
    """A cycle: at the turn of a year, and at each start, in case it was missed."""

    def __init__(self, own: Store, clock: Clock) -> None:
        self._store = own
        self._clock = clock
        self._first_look = True

    async def work(self) -> datetime | None:
        """Tell what runs out; the next turn of the year."""
        now = self._clock.now()
        today = local(now).date()
        through = today.year + YEARS_AFTER
        async with self._store.begin() as unit:
            if await store.said_by(unit.connection, store.EVERYWHERE) is None:
                await store.keep(unit, store.EVERYWHERE, office(), today.year, now, "system")
            extended = await store.extend(unit, through)
            if extended or self._first_look:  # a new version may know days that were decreed meanwhile
                await tell_promises(unit, None, now)
            if extended:
                log.info("calendars.extended", calendars=extended, through=through)
        self._first_look = False
        return datetime.combine(date(today.year + 1, 1, 1), time(), local(now).tzinfo)
