"""An idempotent loop over due rows: woken, or when the next row is due, or every few seconds as the net.

Due times are rows in a store, never timers in memory, so a restart loses none and several replicas share them.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime

import structlog

from shared.clock import Clock
from shared.tasks import end

log = structlog.get_logger()
Work = Callable[[], Awaitable[datetime | None]]


class Cycle:
    """Runs `work` until nothing is due. `work` does one batch and returns the time of the next due row, or None.

    It looks again after `net_s` at the latest, and rests `rest_s` between two runs, however often it is woken.
    """

    def __init__(self, name: str, clock: Clock, work: Work, net_s: float = 5.0, rest_s: float = 0.0) -> None:
        self.name = name
        self.next_due: datetime | None = None
        self._clock = clock
        self._work = work
        self._net_s = net_s
        self._rest_s = rest_s
        self._woken = asyncio.Event()
        self._working = False
        self._task: asyncio.Task[None] | None = None
        self.last_run: datetime | None = None
        clock.on_move(self.wake)

    def wake(self) -> None:
        """Look again at once."""
        self._woken.set()

    def expect(self, at: datetime) -> None:
        """Something falls due `at`: look again only where that is sooner than what is waited for already."""
        if self._working or self.next_due is None or at < self.next_due:
            self.wake()

    @property
    def busy(self) -> bool:
        """Whether something is due or under way."""
        return self._working or self._woken.is_set() or self._is_due()

    async def start(self) -> None:
        self._woken.set()
        self._task = asyncio.create_task(self._run(), name=f"cycle-{self.name}")

    async def stop(self) -> None:
        if self._task:
            await end([self._task])

    async def _run(self) -> None:
        pause = 0.0
        while True:
            await self._wait(pause)
            self._working = True
            self._woken.clear()
            try:
                self.next_due = await self._work()
                self.last_run = Clock.wall()
                pause = self._rest_s
            except Exception:
                log.exception("cycle.failed", cycle=self.name)
                pause = min(5.0, pause * 2 or 0.2)
            finally:
                self._working = False

    async def _wait(self, pause: float) -> None:
        if pause and not (pause == self._rest_s and self._is_due()):
            await asyncio.sleep(pause)
        if self._is_due():
            await asyncio.sleep(0)
            return
        with suppress(TimeoutError):
            await asyncio.wait_for(self._woken.wait(), self._until_due())

    def _is_due(self) -> bool:
        return self.next_due is not None and self.next_due <= self._clock.now()

    def _until_due(self) -> float:
        if self.next_due is None:
            return self._net_s
        return min(self._net_s, max(0.0, (self.next_due - self._clock.now()).total_seconds()))
