"""The cycle over waiting alerts: what was lacking came, or the news is too old.

Woken when somebody becomes known; a row that slips through between two transactions is found at the next look.
"""

from datetime import datetime

import structlog

from services.notify.alerts import store
from services.notify.alerts.telling import House, tell
from shared.clock import Clock
from shared.store import Store

log = structlog.get_logger()
BATCH = 200


class WaitingAlerts:
    """Tells what waited."""

    def __init__(self, store: Store, clock: Clock, house: House) -> None:
        self._store = store
        self._clock = clock
        self._house = house

    async def work(self) -> datetime | None:
        """One batch; returns when the next alert is too old."""
        async with self._store.read() as connection:
            if not await store.anybody_waits(connection):
                return None
        now = self._clock.now()
        async with self._store.begin() as unit:
            alerts = await store.take_answered(unit, BATCH)
            await tell(unit, alerts, now, self._house)
            for lacks, key in await store.drop_stale(unit, now):
                log.warning("alert.never_known", lacks=lacks, key=key if lacks != "resident" else None)
            stale = await store.next_stale(unit.connection)
        return now if len(alerts) == BATCH else stale
