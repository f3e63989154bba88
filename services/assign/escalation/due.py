"""The cycle that does what is due: rows with a time, taken in batches, any number of processes side by side."""

from datetime import datetime, timedelta

import structlog

from services.assign.escalation.steps import do_next
from services.assign.tickets import store
from services.assign.tickets.tables import Ticket
from services.assign.tickets.work import SYSTEM, Work
from shared.clock import Clock
from shared.store import Store, Unit

log = structlog.get_logger()
BATCH = 50
POSTPONED = timedelta(minutes=1)


class DueActions:
    """One batch a call. A ticket whose action fails is put off by a minute, so that it holds up nobody behind it."""

    def __init__(self, own: Store, clock: Clock) -> None:
        self._store = own
        self._clock = clock

    async def work(self) -> datetime | None:
        """Do one batch; when the next action of any ticket is due."""
        coming = await self._coming()
        if coming is None or coming > self._clock.now():
            return coming
        try:
            await self._batch(BATCH)
        except Exception as error:
            log.warning("due.batch_failed", error=type(error).__name__)
            await self._one_by_one()
        return await self._coming()

    async def _coming(self) -> datetime | None:
        async with self._store.read() as connection:
            return await store.next_due(connection)

    async def _batch(self, most: int) -> None:
        async with self._store.begin() as unit:
            for ticket in await store.take_due(unit, self._clock.now(), most):
                await self._act(unit, ticket)

    async def _one_by_one(self) -> None:
        for _ in range(BATCH):
            async with self._store.begin() as unit:
                found = await store.take_due(unit, self._clock.now(), 1)
                if not found:
                    return
                await self._act_or_postpone(unit, found[0])

    async def _act_or_postpone(self, unit: Unit, ticket: Ticket) -> None:
        code, action = ticket.code, ticket.next_action
        try:
            async with unit.attempt():
                await self._act(unit, ticket)
        except Exception:
            log.exception("due.failed", ticket=code, action=action)
            await store.postpone(unit, code, self._clock.now() + POSTPONED)

    async def _act(self, unit: Unit, ticket: Ticket) -> None:
        action = ticket.next_action
        work = Work(unit, ticket, SYSTEM, self._clock.now())
        await do_next(work)
        await work.save()
        log.info("ticket.due", ticket=ticket.code, action=action, status=ticket.status, next=ticket.next_action)
