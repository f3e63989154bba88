"""The cycle over messages whose receipt is missing: they go on by the next way, once. A late receipt does no harm."""

from datetime import datetime

import structlog

from services.notify.messages.failing import go_on
from services.notify.messages.store.missing import next_due, take_due
from services.notify.messages.ways import Ways
from shared.clock import Clock
from shared.store import Store

log = structlog.get_logger()
BATCH = 200


class MissingReceipts:
    """The first message stays `sent`: perhaps it is only the receipt that is lost."""

    def __init__(self, store: Store, clock: Clock, ways: Ways) -> None:
        self._store = store
        self._clock = clock
        self._ways = ways

    async def work(self) -> datetime | None:
        """One batch; returns when the next receipt is missing."""
        now = self._clock.now()
        async with self._store.read() as connection:
            due = await next_due(connection)
        if due is None or due > now:
            return due
        async with self._store.begin() as unit:
            messages = await take_due(unit, now, BATCH)
            await go_on(unit, messages, self._ways, now)
        log.info("receipts.missing", messages=len(messages))
        return now
