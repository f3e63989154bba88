"""Count tickets from their history: those of a store from before there were figures, and all of them when asked to.

Each ticket is counted under its own lock, while the service runs: the difference is added like any other change.
"""

from datetime import datetime

import structlog

from services.assign.counting import store
from services.assign.counting.facts import count_from_history
from services.assign.counting.keeping import note_times
from services.assign.tickets import store as tickets
from shared.clock import Clock
from shared.store import Store, Unit

log = structlog.get_logger()
BATCH = 200


class Recounting:
    """A cycle over tickets that were never counted; one batch a call."""

    def __init__(self, own: Store, clock: Clock) -> None:
        self._store = own
        self._clock = clock

    async def work(self) -> datetime | None:
        async with self._store.begin() as unit:
            codes = await store.uncounted(unit.connection, BATCH)
            await recount(unit, codes)
        if codes:
            log.info("figures.counted", tickets=len(codes))
        return self._clock.now() if len(codes) == BATCH else None


async def recount(unit: Unit, codes: list[str]) -> int:
    """Count these tickets from their history; how many had been counted otherwise."""
    differing = 0
    found = await tickets.take_all(unit, codes)
    for ticket in found:
        note_times(ticket)
        rows = count_from_history(ticket, await tickets.history(unit.connection, ticket.code))
        await store.add(unit, rows)
        differing += bool(rows)
    await tickets.save_counted(unit, found)
    return differing


async def rebuild(own: Store) -> tuple[int, int]:
    """Count every ticket from its history, then make the days equal to what the tickets add up to.

    How many tickets had been counted otherwise, and how many days were wrong. The service may run meanwhile.
    """
    differing, after = 0, ""
    while True:
        async with own.begin() as unit:
            codes = await store.codes_after(unit.connection, after, BATCH)
            differing += await recount(unit, codes)
        if not codes:
            break
        after = codes[-1]
    async with own.begin() as unit:
        return differing, await store.correct_days(unit)
