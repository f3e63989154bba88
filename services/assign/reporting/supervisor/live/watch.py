"""One look a second at the history, for all who watch in this process: whoever wrote it, here or in another process.

Nobody watching: nobody looks. Numbers are given before they are committed, so a change may come to be seen after one
with a higher number; therefore the last `OVERLAP` numbers are looked at again.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from services.assign.reporting.supervisor.live import store
from shared.service import Service
from shared.tasks import end

log = structlog.get_logger()
EVERY_S = 1.0
MOST_VIEWERS = 300
"""Of one process; whoever comes then has a page that is as old as it says."""
OVERLAP = 1_000


class Viewer:
    """An open page. `unit`: the code of the place it shows; None is everywhere."""

    def __init__(self, unit: str | None) -> None:
        self.unit = unit
        self.changed = asyncio.Event()

    def hear(self, touched: set[str]) -> None:
        if touched and (self.unit is None or self.unit in touched):
            self.changed.set()


class Watch:
    """Who watches, and the task that looks while somebody does."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._viewers: set[Viewer] = set()
        self._last: int | None = None
        self._seen: set[int] = set()
        self._task: asyncio.Task[None] | None = None

    @property
    def is_full(self) -> bool:
        return len(self._viewers) >= MOST_VIEWERS

    @property
    def viewers(self) -> int:
        return len(self._viewers)

    @contextmanager
    def viewer(self, unit: str | None) -> Iterator[Viewer]:
        """Somebody watches until the end of the block."""
        viewer = Viewer(unit)
        self._viewers.add(viewer)
        if self._task is None or self._task.done():
            self._last, self._seen = None, set()
            self._task = asyncio.create_task(self._run(), name="supervisors-watch")
        try:
            yield viewer
        finally:
            self._viewers.discard(viewer)

    async def look(self) -> set[str]:
        """Codes of the units in which something has changed since the last look; they are told to who watches."""
        async with self._service.store.read() as connection:
            if self._last is None:
                self._last = await store.newest(connection)
                self._seen = set(await store.since(connection, self._last - OVERLAP))
                return set()
            found = await store.since(connection, self._last - OVERLAP)
            fresh = {id: code for id, code in found.items() if id not in self._seen}
            touched = await store.places_of(connection, sorted(set(fresh.values()))) if fresh else set[str]()
        self._last = max([self._last, *fresh])
        self._seen = {id for id in self._seen | set(fresh) if id > self._last - OVERLAP}
        for viewer in self._viewers:
            viewer.hear(touched)
        return touched

    async def stop(self) -> None:
        if self._task:
            await end([self._task])

    async def _run(self) -> None:
        while self._viewers:
            try:
                await self.look()
            except Exception as error:  # the store is away: its return is waited for
                log.warning("live.look_failed", error=type(error).__name__)
            await asyncio.sleep(EVERY_S)
