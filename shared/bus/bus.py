"""A service's way to the others: what it commits is published, what it listens to is taken once."""

import asyncio
import functools
from collections.abc import Coroutine, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from faststream.nats import NatsBroker

from shared.bus.listener import Handler, Listener
from shared.bus.relay import Relay
from shared.bus.watch import Watch, end_process
from shared.events import PUBLISHERS, STREAMS
from shared.events.envelope import Event
from shared.events.reading import Unreadable, read
from shared.jetstream import BusAway, Streams
from shared.settings import Settings
from shared.store import Store, dead, inbox
from shared.store.keeping import forget
from shared.store.outbox import Ledger, count_owed
from shared.tasks import end

log = structlog.get_logger()
GRACE_S = 15.0


class Bus:
    """Relay, listeners and watch of one service, over one connection.

    FastStream connects, and describes (`shared.asyncapi`). Taking is our own, because its batches wait until they are
    full or their time is over, and one bad message spoils a batch (docs/decisions).
    """

    def __init__(self, service: str, settings: Settings, store: Store, streams: Sequence[str] | None = None) -> None:
        """`streams`: those that this service makes, if not the ones it publishes to."""
        self.service = service
        self.listeners: dict[str, Listener] = {}
        self.broker = NatsBroker(
            settings.nats_url,
            name=service,
            max_reconnect_attempts=-1,
            reconnect_time_wait=1,
            connect_timeout=2,
            ping_interval=5,
            error_cb=_known_to_the_watch,
            inbox_prefix=f"_INBOX_{service}",  # so that a user of the bus may be kept to its own answers
            logger=None,
        )
        self._settings = settings
        self._store = store
        self._makes = [name for name in STREAMS if PUBLISHERS[name] == service] if streams is None else streams
        self._streams: Streams | None = None
        self._relay: Relay | None = None
        self._watch: Watch | None = None
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def listen(self, stream: str, handlers: Mapping[type[Event], Handler]) -> None:
        """Take these events of a stream; call it before `start`. Several processes of a service share the work."""
        self.listeners[stream] = Listener(self.service, stream, handlers, self._settings, self._store)

    async def start(self) -> None:
        """Begin; returns at once. Until the bus is reached `problems` says so."""
        self._run("start", self._start())
        self._run("forget", forget(self._store))

    async def stop(self) -> None:
        """Finish what is at hand, relay first, then leave. What is still owed leaves after the next start."""
        if self._relay:
            self._relay.stop()
            await end([self._tasks["relay"]], patience_s=GRACE_S)
        for listener in self.listeners.values():
            listener.stop()
        await end([self._tasks[one.durable] for one in self.listeners.values() if one.is_busy], patience_s=GRACE_S)
        await end(self._tasks.values())
        if self._streams:
            await self._streams.close()

    def problems(self) -> list[str]:
        """Why this service is not ready, a sentence each; empty when it is."""
        return self._watch.problems if self._watch else ["The bus is not connected."]

    async def backlog(self) -> int:
        """Events that this service owes, or has not yet handled to the end. Zero is quiet; unknown is not.

        Consumers are asked first: where none has anything at hand, no handler can owe more while the rows are counted.
        """
        try:
            waiting = [await self._connected().waiting(one.stream, one.durable) for one in self.listeners.values()]
        except BusAway:
            return 1
        async with self._store.read() as connection:
            return await count_owed(connection) + sum(pending + unacked for pending, unacked in waiting)

    async def replay(self, since: datetime | None) -> None:
        """Take again what was published since then, or all that is kept: for a store set back to an earlier day.

        Inboxes know what had its effect already. Raises `BusAway`.
        """
        for one in self.listeners.values():
            await self._connected().delete_consumer(one.stream, one.durable)
            await self._connected().declare_consumer(one.stream, one.durable, one.subjects, since)
        log.info("bus.replayed", since=since and since.isoformat())

    async def retry(self, id: UUID | str) -> bool:
        """Handle a dead letter once more, here and nowhere else; False where it fails again or none waits."""
        try:
            letter_id = UUID(str(id))
        except ValueError:
            return False
        try:
            async with self._store.begin() as unit:
                letter = await dead.take_for_retry(unit, self._store.tables, letter_id)
                if letter is None:
                    return False
                listener = next(one for one in self.listeners.values() if one.durable == letter["consumer"])
                event = read(letter["headers"], letter["body"], listener.types)
                if event and await inbox.take(unit, listener.durable, [event]):
                    await listener.handle(unit, [event])
        except Exception as error:
            reason = f"unreadable: {error}" if isinstance(error, Unreadable) else dead.reason(error)
            log.warning("dead.retry_failed", id=str(id), reason=reason)
            async with self._store.begin() as unit:
                await dead.keep_reason(unit, self._store.tables, letter_id, reason)
            return False
        log.info("dead.retried", id=str(id))
        return True

    async def _start(self) -> None:
        self._streams = streams = Streams(await self.broker.connect())
        self._relay = Relay(self.service, Ledger(self._settings.database_url), streams)
        self._store.on_publish(self._relay.wake)
        self._watch = Watch(streams, self._makes, list(self.listeners.values()), self._relay)
        for listener in self.listeners.values():
            self._run(listener.durable, listener.run(streams))
        self._run("relay", self._relay.run())
        self._run("watch", self._watch.run(self._settings.watch_s))

    def _connected(self) -> Streams:
        if self._streams is None or not self._streams.is_connected:
            raise BusAway("The bus is not connected.")
        return self._streams

    def _run(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        """An error that nobody foresaw ends the process, which is started again."""
        self._tasks[name] = task = asyncio.create_task(work, name=f"bus-{name}")
        task.add_done_callback(functools.partial(_ended, name))


def _ended(name: str, task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()):
        log.critical("bus.task_failed", task=name, exc_info=error)
        end_process()


async def _known_to_the_watch(_: Exception) -> None:
    """Connection errors come many a second while the bus is away; the watch says it once."""
