"""A listener takes what waits for one durable, batch by batch; each batch is one transaction with its inbox rows.

A batch that fails is taken again one by one, so that a bad event hurts only itself: it is tried later, after a growing
delay, and goes to the dead letters when it was delivered too often. While the store is away nothing is taken.
"""

import asyncio
import itertools
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, NamedTuple

import structlog

from shared.events.envelope import Event, Received
from shared.events.reading import Run, Unreadable, read, traced
from shared.jetstream import BusAway, Message, Streams, held
from shared.settings import Settings
from shared.store import Store, Unit, dead, inbox
from shared.store.outage import is_outage
from shared.telemetry import BATCH_EVENTS, EVENTS_DEAD, EVENTS_HANDLED, EVENTS_REPEATED

log = structlog.get_logger()
Handler = Callable[[Unit, Sequence[Received[Any]]], Awaitable[None]]
LONGEST_DELAY_S = 8.0
HANDLED_WITHIN_S = 60.0


class Delivery(NamedTuple):
    """A message and the event in it."""

    message: Message
    event: Received[Any]


class Listener:
    """What one service takes from one stream."""

    def __init__(
        self, service: str, stream: str, handlers: Mapping[type[Event], Handler], settings: Settings, store: Store
    ) -> None:
        self.stream = stream
        self.durable = f"{service}-{stream}"
        self.types = {event.type: event for event in handlers}
        self.subjects = [f"{event.type}.>" for event in handlers]
        self.moved_at = time.monotonic()
        self.is_busy = False
        self.store_is_away = False
        self._handlers = {event.type: handler for event, handler in handlers.items()}
        self._settings = settings
        self._store = store
        self._stopping = False

    async def run(self, streams: Streams) -> None:
        """Take batch after batch, the next when the last is committed, until told to stop."""
        fetch = await streams.subscribe(self.stream, self.durable)
        while not self._stopping:
            try:
                messages = await fetch(self._settings.batch)
            except BusAway:  # the watch sees it, and makes what is missing
                await asyncio.sleep(0.2)
                continue
            if messages:
                self.is_busy = True
                await self._take(messages)
                self.moved_at, self.is_busy = time.monotonic(), False

    def stop(self) -> None:
        """End after the batch at hand."""
        self._stopping = True

    async def handle(self, unit: Unit, events: Sequence[Received[Any]]) -> None:
        """Give events to their handlers, each run of one handler together: several types may share one."""
        for handler, run in itertools.groupby(events, key=lambda event: self._handlers[event.data.type]):
            same = Run(list(run))
            with traced(same[0]):
                await handler(unit, same)

    async def _take(self, messages: Sequence[Message]) -> None:
        async with held(messages):
            batch = [found for message in messages if (found := await self._read(message))]
            if batch:
                await self._take_together(batch)
        while self.store_is_away and not self._stopping:
            await asyncio.sleep(0.5)
            self.store_is_away = not await self._store.answers()

    async def _read(self, message: Message) -> Delivery | None:
        """None where nothing is to be handled: not ours, or dead."""
        try:
            event = read(message.headers, message.body, self.types)
        except Unreadable as why:
            return await self._bury(message, f"unreadable: {why}")
        if event is None:
            return await message.done()
        if message.deliveries > self._settings.delivery_limit:
            return await self._bury(message, f"delivered {message.deliveries} times and never handled to the end")
        return Delivery(message, event)

    async def _take_together(self, batch: Sequence[Delivery]) -> None:
        try:
            await self._commit(batch)
        except Exception as error:
            if len(batch) == 1:
                return await self._failed(batch[0], error)
            self.store_is_away = is_outage(error)
            for one in batch:
                await (self._try_later(one.message) if self.store_is_away else self._take_together([one]))

    async def _commit(self, batch: Sequence[Delivery]) -> None:
        """One transaction: inbox, effects, outbox. Only then the messages are done."""
        async with asyncio.timeout(HANDLED_WITHIN_S), self._store.begin() as unit:
            new = await inbox.take(unit, self.durable, [event for _, event in batch])
            events = {event.id: event for _, event in batch if event.id in new}
            await self.handle(unit, list(events.values()))
        EVENTS_HANDLED.labels(self.durable).inc(len(events))
        EVENTS_REPEATED.labels(self.durable).inc(len(batch) - len(events))
        BATCH_EVENTS.labels(self.durable).observe(len(batch))
        for message, _ in batch:
            await message.done()

    async def _failed(self, delivery: Delivery, error: Exception) -> None:
        message, event = delivery
        self.store_is_away, reason = is_outage(error), dead.reason(error)
        if not self.store_is_away and message.deliveries >= self._settings.delivery_limit:
            return await self._bury(message, reason)
        about = {"consumer": self.durable, "event_type": event.data.type, "event_id": str(event.id)}
        log.warning("event.failed", **about, code=event.subject, tries=message.deliveries, reason=reason)
        return await self._try_later(message)

    async def _try_later(self, message: Message) -> None:
        doubled = self._settings.retry_delay_s * 2.0 ** min(message.deliveries - 1, 16)
        await message.later(min(doubled, LONGEST_DELAY_S))

    async def _bury(self, message: Message, reason: str) -> None:
        """Put it among the dead letters; where that cannot be, it stays alive."""
        letter = message.letter(self.durable)
        try:
            async with self._store.begin() as unit:
                await dead.bury(unit, self._store.tables, letter, reason)
        except Exception as error:
            self.store_is_away = is_outage(error)
            log.warning("event.not_buried", consumer=self.durable, reason=dead.reason(error))
            return await self._try_later(message)
        EVENTS_DEAD.labels(self.durable).inc()
        log.error("event.dead", consumer=self.durable, event_id=letter.event_id, reason=reason)
        return await message.done()
