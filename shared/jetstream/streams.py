"""What the streams and consumers are, and how they are asked for."""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import nats.errors
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy, PubAck, StorageType, StreamConfig
from nats.js.errors import BadRequestError, NotFoundError, ServiceUnavailableError

from shared.events import SUBJECTS
from shared.jetstream.message import ACK_WAIT_S, Message
from shared.store.keeping import STREAM_AGE
from shared.store.outbox import Kept, Owed

REQUEST_S = 2.0
PULL_S = 2.0  # the longest silence after a reconnect; a pull that waits for ever is silent for good
DUPLICATES_KNOWN_S = 120
MOST_UNACKED = 10_000  # what waits for a later try counts as unacked: it must not stop what stands behind


class BusAway(Exception):
    """JetStream does not answer, or refuses."""


class Missing(BusAway):
    """JetStream does not know this stream or consumer, or is not there itself."""


class StreamState(NamedTuple):
    """Which making of the stream it is, and where it begins and ends."""

    created: datetime
    first: int
    last: int


class Waiting(NamedTuple):
    """What a consumer has before it. `unacked` is being handled, or waits for a later try."""

    pending: int
    unacked: int


class Streams:
    """Everything raises `BusAway`, or `Missing` where a stream or consumer is not there."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._jetstream: JetStreamContext = client.jetstream(timeout=REQUEST_S)

    @property
    def is_connected(self) -> bool:
        return self._client.is_connected

    async def close(self) -> None:
        """Send what is still to be sent, such as the last acknowledgements, and hang up."""
        with contextlib.suppress(nats.errors.Error, TimeoutError):
            await self._client.flush(2)
        await self._client.close()

    async def declare(self, stream: str) -> None:
        """Make the stream or bring it up to date. No limits but age: a full disk refuses events, it drops none."""
        config = StreamConfig(name=stream, subjects=SUBJECTS[stream], storage=StorageType.FILE, num_replicas=1)
        config.max_age, config.duplicate_window = STREAM_AGE.total_seconds(), DUPLICATES_KNOWN_S
        with _asking(stream):
            try:
                await self._jetstream.add_stream(config)
            except BadRequestError:
                await self._jetstream.update_stream(config)

    async def declare_consumer(
        self, stream: str, durable: str, subjects: Sequence[str], since: datetime | None = None
    ) -> None:
        """Make the durable or bring it up to date; a new one starts at the stream's beginning, or at `since`."""
        config = ConsumerConfig(
            name=durable,
            durable_name=durable,
            filter_subjects=sorted(subjects),
            ack_policy=AckPolicy.EXPLICIT,
            ack_wait=ACK_WAIT_S,
            max_ack_pending=MOST_UNACKED,
            max_deliver=-1,  # a limit parks messages in silence when processes die; the listener counts
            deliver_policy=DeliverPolicy.BY_START_TIME if since else DeliverPolicy.ALL,
            opt_start_time=since,
        )
        with _asking(durable):
            with contextlib.suppress(NotFoundError):
                there = (await self._jetstream.consumer_info(stream, durable)).config
                config = config.evolve(deliver_policy=there.deliver_policy, opt_start_time=there.opt_start_time)
            await self._jetstream.add_consumer(stream, config)

    async def delete_consumer(self, stream: str, durable: str) -> None:
        with _asking(durable), contextlib.suppress(NotFoundError):
            await self._jetstream.delete_consumer(stream, durable)

    async def subscribe(self, stream: str, durable: str) -> Callable[[int], Awaitable[list[Message]]]:
        """How to fetch: up to so many messages that wait, at once; else the next one as soon as it comes; else none.

        It asks by the names of stream and durable, so it lives on when they are made anew.
        """
        subscription = await self._jetstream.pull_subscribe_bind(durable, stream)

        async def fetch(most: int) -> list[Message]:
            with _asking(durable):
                try:
                    found = await subscription.fetch(most, timeout=PULL_S)
                except TimeoutError:
                    return []
            return [Message(raw, self._client) for raw in found]

        return fetch

    async def on_call(self, name: str, called: Callable[[], None]) -> None:
        """Hear `call`s of other processes; a call that is lost is no harm."""

        async def heard(_: Msg) -> None:
            called()

        await self._client.subscribe(name, cb=heard)

    async def call(self, name: str) -> None:
        if self.is_connected:
            await self._client.publish(name)

    async def waiting(self, stream: str, durable: str) -> Waiting:
        """What this consumer has before it."""
        with _asking(durable):
            info = await self._jetstream.consumer_info(stream, durable)
        return Waiting(info.num_pending or 0, info.num_ack_pending or 0)

    async def state(self, stream: str) -> StreamState:
        """Where the stream begins and ends."""
        with _asking(stream):
            info = await self._jetstream.stream_info(stream)
        if info.created is None:
            raise BusAway(stream)
        return StreamState(info.created, info.state.first_seq, info.state.last_seq)

    async def holds(self, kept: Kept) -> bool:
        """Whether the message at this place is this event."""
        with _asking(kept.stream):
            try:
                message = await self._jetstream.get_msg(kept.stream, kept.sequence)
            except NotFoundError:
                return False
        return (message.headers or {}).get("Nats-Msg-Id") == str(kept.id)

    async def publish(self, owed: Sequence[Owed], patience_s: float) -> dict[UUID, int]:
        """Send all at once and wait for the acknowledgements: sequences by id, without those that failed.

        nats-py's futures have no timeout of their own, and none comes for what was sent when the connection broke.
        """
        futures: dict[UUID, asyncio.Future[PubAck]] = {}
        with _asking("publish"):
            for event in owed:
                ack = await self._jetstream.publish_async(event.subject, event.body, headers=event.headers)
                futures[event.id] = ack
        waiting, loop = set(futures.values()), asyncio.get_running_loop()
        deadline = loop.time() + patience_s
        while waiting and self.is_connected and loop.time() < deadline:
            _, waiting = await asyncio.wait(waiting, timeout=0.25)
        for future in waiting:
            future.cancel()
        return {id: future.result().seq for id, future in futures.items() if _succeeded(future)}


@contextlib.contextmanager
def _asking(name: str) -> Iterator[None]:
    try:
        yield
    except (NotFoundError, ServiceUnavailableError) as error:
        raise Missing(name) from error
    except (nats.errors.Error, TimeoutError) as error:
        raise BusAway(f"{name}: {type(error).__name__}") from error


def _succeeded(future: asyncio.Future[PubAck]) -> bool:
    return future.done() and not future.cancelled() and future.exception() is None
