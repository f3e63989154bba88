"""Events put on a real bus, as another service's relay would, and waiting for what comes of them."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from uuid import uuid4

import nats

from shared.events import STREAMS, envelope
from shared.events.envelope import Event
from shared.jetstream import Streams
from shared.store import new_id


async def make_streams(url: str) -> None:
    """Make every stream, as the services would that publish to them."""
    streams = Streams(await nats.connect(url))
    for stream in STREAMS:
        await streams.declare(stream)
    await streams.close()


async def publish(url: str, *events: Event, source: str = "assign") -> None:
    """Publish to streams that exist already."""
    client = await nats.connect(url)
    stream = client.jetstream()
    for event in events:
        headers = envelope.headers(
            event, id=new_id(), source=source, about="about", time=datetime.now(UTC), correlation=uuid4().hex
        )
        await stream.publish(envelope.subject(event, "66"), event.model_dump_json().encode(), headers=headers)
    await client.close()


async def wait_until(is_so: Callable[[], Awaitable[bool]], patience_s: float = 60.0) -> None:
    """Return as soon as it is so; fail after `patience_s`."""
    deadline = time.monotonic() + patience_s
    while not await is_so():
        assert time.monotonic() < deadline, "it did not become so"
        await asyncio.sleep(0.05)
