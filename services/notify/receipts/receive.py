"""Receipts come in: kept in one commit, then applied to their messages. No state ever goes back."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from services.notify.channels.inbound import Receipt
from services.notify.costs.purse import Purse
from services.notify.messages.ways import Ways
from services.notify.receipts import store
from services.notify.receipts.applying import apply
from shared.clock import Clock
from shared.store import Store, Unit

log = structlog.get_logger()

PATIENCE = timedelta(days=1)
"""How long a receipt waits for the message that it speaks of."""
BATCH = 200


class Receipts:
    """What channels say of what we sent."""

    def __init__(self, clock: Clock, ways: Ways, purse: Purse) -> None:
        self._clock = clock
        self._ways = ways
        self._purse = purse

    async def receive(self, unit: Unit, receipts: Sequence[Receipt]) -> None:
        """Take receipts, in whatever order and however often they come."""
        if receipts:
            now = self._clock.now()
            await store.keep(unit, receipts, now)
            await apply(unit, await store.matched_of(unit.connection, receipts), self._ways, self._purse, now)

    async def match(self, unit: Unit, messages: Sequence[UUID]) -> None:
        """Apply receipts that came before it was written down that these messages left."""
        await apply(
            unit, await store.matched_for(unit.connection, messages), self._ways, self._purse, self._clock.now()
        )


class WaitingReceipts:
    """The cycle over receipts that came before their message was known; after a day they are given up."""

    def __init__(self, store: Store, clock: Clock, ways: Ways, purse: Purse) -> None:
        self._store = store
        self._clock = clock
        self._ways = ways
        self._purse = purse

    async def work(self) -> datetime | None:
        """One batch; returns when the next receipt is given up."""
        async with self._store.read() as connection:
            oldest = await store.oldest_open(connection)
        if oldest is None:
            return None
        now = self._clock.now()
        async with self._store.begin() as unit:
            found = await store.matched(unit.connection, BATCH)
            await apply(unit, found, self._ways, self._purse, now)
            given_up = await store.give_up(unit, now - PATIENCE)
            oldest = await store.oldest_open(unit.connection)
        if given_up:
            log.warning("receipts.given_up", receipts=given_up)
        if len(found) == BATCH:
            return now
        return oldest + PATIENCE if oldest else None
