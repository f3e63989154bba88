"""Proves every minute that no open ticket is forgotten: each has a next action, and none is long overdue."""

from datetime import datetime, timedelta
from typing import Any

import structlog

from services.assign.tickets import store
from shared.clock import Clock
from shared.codes import spoken
from shared.store import Store
from shared.telemetry import Gauge

log = structlog.get_logger()
EVERY = timedelta(minutes=1)
LATE = timedelta(minutes=5)
SILENT = timedelta(minutes=3)
FORGOTTEN = Gauge("caunoi_tickets_forgotten", "Open tickets without a next action, or with one long overdue")
OPEN = Gauge("caunoi_tickets_open", "Tickets that have not ended")


class Auditor:
    """Its last finding is kept for `caunoi doctor` and for anyone on duty; its own heartbeat is the finding's time."""

    def __init__(self, own: Store, clock: Clock) -> None:
        self._store = own
        self._clock = clock
        self.finding: dict[str, Any] | None = None

    def report(self) -> dict[str, Any]:
        """The last finding with its problems in words, its own silence among them."""
        if self.finding is None:
            return {"problems": ["The auditor has not looked yet."]}
        forgotten = map(spoken, self.finding["forgotten"])
        problems = [f"Ticket {code} is open, and nothing is planned for it." for code in forgotten]
        if Clock.wall() - self.finding["checked_at"] > SILENT:
            problems.append(f"The auditor has been silent since {self.finding['checked_at']:%H:%M} UTC.")
        return {"problems": problems, **self.finding}

    async def work(self) -> datetime | None:
        """Look once; when to look again."""
        now = self._clock.now()
        async with self._store.read() as connection:
            checked, forgotten = await store.audit(connection, late_before=now - LATE)
        OPEN.set(checked)
        FORGOTTEN.set(len(forgotten))
        if forgotten:
            log.error("auditor.forgotten", tickets=forgotten)
        self.finding = {"at": now, "checked_at": Clock.wall(), "open": checked, "forgotten": forgotten}
        return None
