"""Whether each channel works: asked every minute for the metrics, and for whoever looks at the page."""

import asyncio
import time
from collections.abc import Mapping, Sequence

import structlog

from services.notify.channels.fitting import Fitted, Health
from shared.tasks import end
from shared.telemetry import Gauge

log = structlog.get_logger()
EVERY_S = 60.0
PATIENCE_S = 5.0
"""A channel that cannot say how it is within this time is not well."""
STILL_TRUE_S = 10.0
"""Somebody who presses "reload" does not make us ask providers each time."""

CHANNEL_UP = Gauge("caunoi_channel_up", "1 while a channel works, as far as it can be asked; 0 while not", ["channel"])


class Watch:
    """Asks channels how they are. What nobody can tell without sending has no figure."""

    def __init__(self, fitted: Sequence[Fitted]) -> None:
        self._fitted = fitted
        self._found: Mapping[str, Health] = {}
        self._looked_at = float("-inf")
        self._task: asyncio.Task[None] | None = None

    async def look(self) -> Mapping[str, Health]:
        """By name; at most a few seconds old."""
        if time.monotonic() - self._looked_at > STILL_TRUE_S:
            healths = await asyncio.gather(*(_ask(one) for one in self._fitted))
            self._found = {one.channel.name: health for one, health in zip(self._fitted, healths, strict=True)}
            self._looked_at = time.monotonic()
            self._count()
        return self._found

    async def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="channel-watch")

    async def stop(self) -> None:
        if self._task:
            await end([self._task])

    async def _run(self) -> None:
        while True:
            await self.look()
            await asyncio.sleep(EVERY_S)

    def _count(self) -> None:
        for name, health in self._found.items():
            if health.state != "unknown":
                CHANNEL_UP.labels(name).set(health.state != "down")


async def _ask(fitted: Fitted) -> Health:
    try:
        async with asyncio.timeout(PATIENCE_S):
            return await fitted.check()
    except TimeoutError:
        return Health("down", "no_answer")
    except Exception as error:  # a channel's own fault is no fault of the page
        log.warning("channel.check_failed", channel=fitted.channel.name, error=type(error).__name__)
        return Health("down", type(error).__name__)
