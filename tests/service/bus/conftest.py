"""`sender` publishes, `taker` takes, on servers of the test's own."""

from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from typing import Any

import pytest
import pytest_asyncio

from shared.bus import bus
from tests.service.bus.world import Asked, Noted, Part
from tests.support.servers import FreshDatabase, NatsServer

MakePart = Callable[..., Coroutine[Any, Any, Part]]


@pytest.fixture(autouse=True)
def ends(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What would end the process fails the test instead."""
    ended: list[bool] = []
    monkeypatch.setattr(bus, "end_process", lambda: ended.append(True))
    yield
    assert not ended, "the process would have ended"


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
