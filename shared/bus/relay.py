"""The relay publishes what was committed, remembers where the bus keeps it, and owes again what the bus has lost.

One works for each service, the one that holds the lock; others of the same service stand by.
"""

import asyncio
import contextlib
import time
from datetime import datetime
from uuid import UUID

import structlog

from shared.bus import repair
from shared.clock import Clock
from shared.events import STREAMS
from shared.jetstream import BusAway, Missing, Streams, StreamState
from shared.store.outbox import LOST, Kept, Ledger, Owed
from shared.telemetry import EVENTS_OWED, EVENTS_OWED_AGAIN, EVENTS_PUBLISHED, RELAY_SECONDS

log = structlog.get_logger()
BATCH = 256
ACKNOWLEDGED_WITHIN_S = 5.0
NET_S = 1.0


class Relay:
    """Woken by each commit that owes events; looks by itself every second."""

    def __init__(self, service: str, ledger: Ledger, streams: Streams) -> None:
        self.trouble: str | None = None
        self._call = f"relay.{service}"
        self._ledger = ledger
        self._streams = streams
        self._leads = False
        self._stopping = False
        self._woken = asyncio.Event()
        self._ends: dict[str, Kept] = {}
        self._looked_at = 0.0

    def wake(self) -> None:
        """There is something to publish."""
        self._woken.set()

    def stop(self) -> None:
        """End after the batch at hand."""
        self._stopping = True
        self._woken.set()

    async def run(self) -> None:
        """Lead, or stand by, until told to stop; store and bus may come and go."""
        await self._streams.on_call(self._call, self._called)
        while not self._stopping:
            try:
                await self._ledger.open()
                await self._stand_by()
                await self._lead()
            except LOST as error:
                self.trouble = "The relay cannot reach the store."
                log.warning("relay.store_lost", error=type(error).__name__)
                await asyncio.sleep(0.5)
            finally:
                self._leads = False
                self._ledger.close()

    async def _stand_by(self) -> None:
        """Wait for the lock; meanwhile tell the one who leads when there is something to publish."""
        while not self._stopping and not await self._ledger.try_to_lead():
            self.trouble = None
            if await self._wait():
                await self._streams.call(self._call)

    def _called(self) -> None:
        if self._leads:
            self._woken.set()

    async def _lead(self) -> None:
        self._ends = await self._ledger.ends(STREAMS)
        self._leads = True
        while not self._stopping:
            more = self._streams.is_connected and await self._work()
            if not more:
                await self._wait()

    async def _work(self) -> bool:
        """One batch, and once a second a look at every stream; True where there is more to do at once."""
        self.trouble, more = None, False
        try:
            owed = await self._ledger.owed(BATCH)
            EVENTS_OWED.set(len(owed))
            if owed:
                places = await self._streams.publish(owed, ACKNOWLEDGED_WITHIN_S)
                await self._record([event for event in owed if event.id in places], places)
                more = len(owed) == BATCH and len(places) > 0
            if time.monotonic() - self._looked_at > NET_S:
                self._looked_at = time.monotonic()
                for stream in list(self._ends):
                    await self._intact(stream)
        except Missing as missing:
            self.trouble = f"{missing} is missing on the bus."
        except BusAway as error:
            self.trouble = "The bus does not answer the relay."
            log.warning("relay.bus_lost", error=str(error))
        return more

    async def _record(self, events: list[Owed], places: dict[UUID, int]) -> None:
        """Remember the places in streams that are intact; what went to others stays owed."""
        now, kept = Clock.wall(), list[Kept]()
        for stream in {event.stream for event in events}:
            ids = [event.id for event in events if event.stream == stream]
            if incarnation := await self._incarnation(stream, [places[id] for id in ids]):
                kept += [Kept(stream, id, incarnation, places[id], now) for id in ids]
        await self._ledger.record(kept)
        for end in kept:
            self._ends[end.stream] = max(end, self._ends.get(end.stream, end), key=lambda place: place.sequence)
            EVENTS_PUBLISHED.labels(end.stream).inc()
        for event in events:
            RELAY_SECONDS.observe((now - event.created_at).total_seconds())

    async def _incarnation(self, stream: str, sequences: list[int]) -> datetime | None:
        """Which making of the stream gave these places; None where it has lost something."""
        end = self._ends.get(stream)
        if end and sequences == list(range(end.sequence + 1, end.sequence + 1 + len(sequences))):
            return end.incarnation  # they follow on the highest recorded: the stream is as we left it
        state = await self._intact(stream)
        return state.created if state else None

    async def _intact(self, stream: str) -> StreamState | None:
        """The stream's state; None where it has lost something, which from now on is owed again."""
        state, end = await self._streams.state(stream), self._ends.get(stream)
        if end is None or await repair.is_intact(self._streams, state, end):
            return state
        lost = await repair.owe_lost(self._streams, self._ledger, stream, state)
        self._ends = await self._ledger.ends(STREAMS)
        EVENTS_OWED_AGAIN.labels(stream).inc(lost)
        log.warning("relay.owed_again", stream=stream, events=lost)
        self._woken.set()
        return None

    async def _wait(self) -> bool:
        """Until woken, a second at most; True where woken."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._woken.wait(), NET_S)
        woken = self._woken.is_set()
        self._woken.clear()
        return woken
