"""The watch looks every second whether the bus is there and this service takes from it, and puts right what it can.

A subscription does not notice that its consumer is gone, and a client's own `ping` says nothing of it. Streams and
consumers that are missing are declared again under the same names, which revives what is subscribed; a stream is made
by its publisher alone, the others wait for it. A listener that takes nothing although something waits ends the process:
whoever started it starts it again.
"""

import asyncio
import os
import time
from collections.abc import Callable, Sequence

import structlog

from shared.bus.listener import Listener
from shared.bus.relay import Relay
from shared.jetstream import BusAway, Missing, Streams
from shared.jetstream.streams import MOST_UNACKED
from shared.telemetry import EVENTS_PENDING

log = structlog.get_logger()
SLOW_AFTER_S = 10.0
DEAF_AFTER_S = 60.0


def end_process() -> None:
    """EX_SOFTWARE: the supervisor starts it again."""
    os._exit(70)


class Watch:
    """`problems` is why the service is not ready, a sentence each; empty when it is."""

    def __init__(
        self,
        streams: Streams,
        makes: Sequence[str],
        listeners: Sequence[Listener],
        relay: Relay,
        end: Callable[[], None] = end_process,
    ) -> None:
        """`makes`: the streams that this service publishes to."""
        self.problems = ["The bus is not looked at yet."]
        self._streams = streams
        self._makes = makes
        self._listeners = listeners
        self._relay = relay
        self._end = end
        self._is_declared = False
        self._waits_since: dict[str, float] = {}

    async def run(self, every_s: float) -> None:
        while True:
            found = await self._look()
            if found != self.problems:
                log.info("bus.looked_at", problems=found)
            self.problems = found
            await asyncio.sleep(every_s if self._is_declared else 0.1)

    async def _look(self) -> list[str]:
        if not self._streams.is_connected:
            return ["The bus is not connected."]
        try:
            if not self._is_declared:
                await self._declare()
            found = [problem for listener in self._listeners if (problem := await self._look_at(listener))]
        except Missing as missing:
            self._is_declared = False
            return [f"{missing} is missing on the bus."]
        except BusAway as away:
            return [f"The bus does not answer ({away})."]
        return found + ([self._relay.trouble] if self._relay.trouble else [])

    async def _declare(self) -> None:
        """Make our streams and our consumers, where they are missing or differ.

        A consumer whose stream its publisher has not made yet does not keep the others waiting.
        """
        for stream in self._makes:
            await self._streams.declare(stream)
        self._is_declared = True
        for one in self._listeners:
            try:
                await self._streams.declare_consumer(one.stream, one.durable, one.subjects)
            except Missing:
                self._is_declared = False
        if self._is_declared:
            log.info("bus.declared")

    async def _look_at(self, listener: Listener) -> str | None:
        try:
            pending, unacked = await self._streams.waiting(listener.stream, listener.durable)
        except Missing as missing:
            self._is_declared = False
            return f"{missing} is missing on the bus."
        EVENTS_PENDING.labels(listener.durable).set(pending + unacked)
        if listener.store_is_away:
            return "The store does not answer."
        if not pending or unacked >= MOST_UNACKED or listener.is_busy:
            self._waits_since.pop(listener.durable, None)
            return None
        since = max(self._waits_since.setdefault(listener.durable, time.monotonic()), listener.moved_at)
        if time.monotonic() - since > DEAF_AFTER_S:
            log.critical("bus.deaf", consumer=listener.durable, pending=pending)
            self._end()
        if time.monotonic() - since > SLOW_AFTER_S:
            return f"{listener.durable} takes none of the {pending} events that wait."
        return None
