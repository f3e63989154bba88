"""The cycle over alerts whose time has not come: then those are told whose offer is still open."""

from datetime import datetime

from services.notify.alerts import store
from services.notify.alerts.telling import House, tell
from services.notify.tickets.store import still_asking
from shared.clock import Clock
from shared.store import Store

BATCH = 200


class LaterAlerts:
    """Tells the rest of a team."""

    def __init__(self, store: Store, clock: Clock, house: House) -> None:
        self._store = store
        self._clock = clock
        self._house = house

    async def work(self) -> datetime | None:
        """One batch; returns when the next one is due."""
        now = self._clock.now()
        async with self._store.read() as connection:
            due_at = await store.next_due(connection)
        if due_at is None or due_at > now:
            return due_at
        async with self._store.begin() as unit:
            alerts = await store.take_due(unit, now, BATCH)
            asking = await still_asking(unit.connection, [alert.offer_id for alert in alerts if alert.offer_id])
            await tell(unit, [alert for alert in alerts if alert.offer_id in asking], now, self._house)
        return now
