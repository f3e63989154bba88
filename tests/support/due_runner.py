"""One process that does what is due, as assign does it: `python -m tests.support.due_runner DSN TIME`."""

import asyncio
import sys
from datetime import datetime

from services.assign.base import TABLES
from services.assign.escalation.due import DueActions
from services.assign.tickets import store
from shared import logs
from shared.clock import Clock
from shared.store import Store

OTHERS_S = 0.05


class Stopped(Clock):
    """However long the machine takes, nothing else falls due meanwhile."""

    def __init__(self, at: datetime) -> None:
        super().__init__()
        self._at = at

    def now(self) -> datetime:
        return self._at


async def until_nothing_is_due(own: Store, due: DueActions, clock: Clock) -> None:
    """Until all that is due now is done, by whatever process."""
    now = clock.now()
    while await _is_due(own, now):
        coming = await due.work()
        if coming is not None and coming > clock.now():
            await asyncio.sleep(OTHERS_S)


async def _is_due(own: Store, now: datetime) -> bool:
    async with own.read() as connection:
        coming = await store.next_due(connection)
    return coming is not None and coming <= now


async def _run(dsn: str, now: datetime) -> None:
    own, clock = Store(dsn, TABLES, source="assign"), Stopped(now)
    await until_nothing_is_due(own, DueActions(own, clock), clock)
    await own.close()


if __name__ == "__main__":
    logs.configure("assign", "json", "info")
    asyncio.run(_run(sys.argv[1], datetime.fromisoformat(sys.argv[2])))
