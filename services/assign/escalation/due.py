"""The cycle that does what is due: rows with a time, taken in batches, any number of processes side by side.

Two kinds in turn, so that a heap of one never keeps the other waiting; of each the oldest first. Steps (of clocks, the
end of a wait, closing) touch their own ticket alone: many are done in one transaction, which waits for nobody's lock.
What asks a team takes a place in it: each in a transaction of its own, so that processes do not wait for each other's
teams.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta

import structlog

from services.assign.escalation import failing
from services.assign.escalation.steps import ask_another, do_all_due
from services.assign.escalation.told import watching
from services.assign.tickets import store
from services.assign.tickets.next_action import ASKS
from services.assign.tickets.tables import Ticket
from services.assign.tickets.work import SYSTEM, Work, write_all
from shared.clock import Clock
from shared.store import Store, Unit
from shared.store.lean import is_deadlock

log = structlog.get_logger()
MOST_STEPS, MOST_ASKS = 250, 25
"""So many of each kind a call: a member who acts on one of them waits for a fraction of a second at most."""
POSTPONED = timedelta(minutes=1)
OTHERS = timedelta(milliseconds=100)
"""After so long it looks again where other processes have all that is due."""
Take = Callable[[Unit, datetime, int], Awaitable[list[Ticket]]]


class DueActions:
    """A batch of each kind a call. A ticket whose action fails is put off by a minute: it holds up nobody behind it."""

    def __init__(self, own: Store, clock: Clock) -> None:
        self._store = own
        self._clock = clock

    async def work(self) -> datetime | None:
        """Do what is due; when the next action of any ticket is."""
        coming = await self._coming()
        if coming is None or coming > self._clock.now():
            return coming
        done = await self._steps() + await self._one_by_one(MOST_ASKS, store.take_asking)
        return await self._coming() if done else self._clock.now() + OTHERS

    async def _coming(self) -> datetime | None:
        async with self._store.read() as connection:
            return await store.next_due(connection)

    async def _steps(self) -> int:
        """How many tickets were seen to. Where the store refuses what one of them wrote, each is done alone."""
        try:
            async with self._store.begin() as unit:
                found = await store.take_due(unit, self._clock.now(), MOST_STEPS)
                done = await self._see_to(unit, found) if found else []
        except Exception as error:
            log.warning("due.batch_failed", error=type(error).__name__)
            return await self._one_by_one(MOST_STEPS, store.take_due)
        for ticket, steps in done:
            self._done(ticket, steps)
        return len(found)

    async def _see_to(self, unit: Unit, found: Sequence[Ticket]) -> list[tuple[Ticket, list[str]]]:
        """All steps of all these tickets, in one writing; the tickets with what was done. What fails is put off."""
        watchers, works = await watching(unit.connection, found), list[Work]()
        done, failed = list[tuple[Ticket, list[str]]](), dict[str, Exception]()
        for ticket in found:
            work = Work(unit, ticket, SYSTEM, self._clock.now())
            try:
                with unit.told_together():
                    done.append((ticket, await do_all_due(work, watchers)))
                works.append(work)
            except Exception as error:
                failed[ticket.code] = error
        await write_all(unit, works)
        await failing.forget(unit, [work.ticket.code for work in works])
        await self._put_off(unit, failed)
        return done

    async def _one_by_one(self, most: int, take: Take) -> int:
        for number in range(most):
            if not await self._alone(take):
                return number
        return most

    async def _alone(self, take: Take) -> bool:
        """Do what is due of one ticket in a transaction of its own; False where there was none."""
        found: list[Ticket] = []
        done: list[str] = []
        try:
            async with self._store.begin() as unit:
                found = await take(unit, self._clock.now(), 1)
                for ticket in found:
                    done = await self._do(Work(unit, ticket, SYSTEM, self._clock.now()))
        except Exception as error:
            if not found:
                raise
            if is_deadlock(error):  # with somebody who acts on a ticket nearby; it is due still
                return True
            async with self._store.begin() as unit:
                await self._put_off(unit, {found[0].code: error})
        else:
            for ticket in found:
                self._done(ticket, done)
        return bool(found)

    async def _do(self, work: Work) -> list[str]:
        """What was done and is written."""
        if (what := work.ticket.next_action) in ASKS:
            await ask_another(work)
            done = [what or ""]
        else:
            done = await do_all_due(work, await watching(work.unit.connection, [work.ticket]))
        await work.save()
        await failing.forget(work.unit, [work.ticket.code])
        return done

    async def _put_off(self, unit: Unit, failed: Mapping[str, Exception]) -> None:
        for code, error in failed.items():
            log.error("due.failed", ticket=code, exc_info=error)
        await store.postpone(unit, list(failed), self._clock.now(), POSTPONED)
        await failing.note(unit, failed)

    def _done(self, ticket: Ticket, done: Sequence[str]) -> None:
        log.info("ticket.due", ticket=ticket.code, done=done, status=ticket.status, next=ticket.next_action)
