"""`sender` publishes, `taker` takes, on servers of the test's own."""

from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

import pytest_asyncio

from tests.service.bus.world import Asked, Noted, Part
from tests.support.servers import FreshDatabase, NatsServer

MakePart = Callable[..., Coroutine[Any, Any, Part]]


@pytest_asyncio.fixture
async def make_part(database: FreshDatabase, nats: NatsServer) -> AsyncIterator[MakePart]:
    """Make a part with a store of its own, or one more process `like` another; closed after the test."""
    made: list[Part] = []

    async def make(name: str = "taker", like: Part | None = None, **settings: Any) -> Part:
        url = like.settings.database_url if like else database("intake")
        part = Part(name, url, nats.url, **settings)
        made.append(part)
        await part.make_tables()
        return part

    yield make
    for part in made:
        await part.close()


@pytest_asyncio.fixture
async def sender(make_part: MakePart) -> Part:
    """Running, and ready."""
    part = await make_part("sender")
    await part.bus.start()
    await part.ready()
    return part


@pytest_asyncio.fixture
async def taker(make_part: MakePart) -> Part:
    """Listens; the test starts it."""
    part = await make_part("taker")
    part.bus.listen("places", {Noted: part.note, Asked: part.note})
    return part
