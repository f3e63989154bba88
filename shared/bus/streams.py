"""What the streams and consumers are, and how they are asked for. The only module that speaks of JetStream's API."""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy, PubAck, StorageType, StreamConfig
from nats.js.errors import BadRequestError, NotFoundError, ServiceUnavailableError

from shared.events import SUBJECTS
from shared.store.keeping import STREAM_AGE
from shared.store.outbox import Kept, Owed

REQUEST_S = 2.0
ACK_WAIT_S = 10.0
DUPLICATES_KNOWN_S = 120
MOST_UNACKED = 10_000  # what waits for a later try counts as unacked: it must not stop what stands behind


class StreamMissing(Exception):
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
    """JetStream as the bus needs it."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self._jetstream: JetStreamContext = client.jetstream(timeout=REQUEST_S)

    async def declare(self, stream: str) -> None:
        """Make the stream or bring it up to date. No limits but age: a full disk refuses events, it drops none."""
        config = StreamConfig(name=stream, subjects=SUBJECTS[stream], storage=StorageType.FILE, num_replicas=1)
        config.max_age, config.duplicate_window = STREAM_AGE.total_seconds(), DUPLICATES_KNOWN_S
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
        with contextlib.suppress(NotFoundError):
            there = (await self._jetstream.consumer_info(stream, durable)).config
            config = config.evolve(deliver_policy=there.deliver_policy, opt_start_time=there.opt_start_time)
        await self._jetstream.add_consumer(stream, config)

    async def delete_consumer(self, stream: str, durable: str) -> None:
        with contextlib.suppress(NotFoundError):
            await self._jetstream.delete_consumer(stream, durable)

    async def subscribe(self, stream: str, durable: str) -> JetStreamContext.PullSubscription:
        """Asks for messages by the names of stream and durable, so it lives on when they are made anew."""
        return await self._jetstream.pull_subscribe_bind(durable, stream)

    async def on_call(self, name: str, called: Callable[[Msg], Awaitable[None]]) -> None:
        """Hear `call`s of other processes; a call that is lost is no harm."""
        await self.client.subscribe(name, cb=called)

    async def call(self, name: str) -> None:
        await self.client.publish(name)

    async def waiting(self, stream: str, durable: str) -> Waiting:
        """Raises `StreamMissing` where stream or durable is not there."""
        try:
            info = await self._jetstream.consumer_info(stream, durable)
        except (NotFoundError, ServiceUnavailableError) as error:
            raise StreamMissing(durable) from error
        return Waiting(info.num_pending or 0, info.num_ack_pending or 0)

    async def state(self, stream: str) -> StreamState:
        """Raises `StreamMissing`."""
        try:
            info = await self._jetstream.stream_info(stream)
        except (NotFoundError, ServiceUnavailableError) as error:
            raise StreamMissing(stream) from error
        if info.created is None:
            raise StreamMissing(stream)
        return StreamState(info.created, info.state.first_seq, info.state.last_seq)

    async def holds(self, kept: Kept) -> bool:
        """Whether the message at this place is this event."""
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
        for event in owed:
            futures[event.id] = await self._jetstream.publish_async(event.subject, event.body, headers=event.headers)
        waiting, loop = set(futures.values()), asyncio.get_running_loop()
        deadline = loop.time() + patience_s
        while waiting and self.client.is_connected and loop.time() < deadline:
            _, waiting = await asyncio.wait(waiting, timeout=0.25)
        for future in waiting:
            future.cancel()
        return {id: future.result().seq for id, future in futures.items() if _succeeded(future)}


def _succeeded(future: asyncio.Future[PubAck]) -> bool:
    return future.done() and not future.cancelled() and future.exception() is None
