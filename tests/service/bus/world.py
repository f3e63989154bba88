"""Two small services that stand for any: one owes events, one writes down what it was told."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar
from uuid import UUID, uuid4

import nats
from nats.js import JetStreamContext
from sqlalchemy import Text, insert, select
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel, col

from shared.bus import Bus
from shared.events import STREAMS
from shared.events.envelope import Event, Received, headers
from shared.settings import Settings
from shared.store import Store, Unit, bookkeeping
from shared.store.dead import list_dead
from shared.store.outbox import count_owed

AT = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)


class Noted(Event):
    """A number was noted. It travels on the stream of the places, where nothing is secret."""

    type: ClassVar[str] = "places.noted"
    stream: ClassVar[str] = "places"
    number: int
    bad: bool = False


class Asked(Event):
    """Another type on the same stream."""

    type: ClassVar[str] = "places.asked"
    stream: ClassVar[str] = "places"
    number: int


class WorldTable(SQLModel, registry=registry()):
    """Base of the tables of these tests."""


TABLES = bookkeeping(WorldTable)


class Effect(WorldTable, table=True):
    """What a handler did. Two rows of one number would be two effects."""

    id: int | None = Field(default=None, primary_key=True)
    number: int
    type: str = Field(sa_type=Text)


class Part:
    """One process of a service: its store and its bus."""

    def __init__(self, name: str, url: str, nats_url: str, **settings: Any) -> None:
        quick = {
            "watch_s": 0.2,
            "retry_delay_s": 0.05,
            "delivery_limit": 4,
            "secret_key": "a secret for tests only",
        } | settings
        self.settings = Settings(database_url=url, nats_url=nats_url, **quick)
        self.store = Store(url, TABLES, source=name)
        self.bus = Bus(name, self.settings, self.store, streams=STREAMS)
        self.batches: list[list[Event]] = []
        self.bad_is_good = False
        """Whether the handler was mended meanwhile."""

    async def make_tables(self) -> None:
        async with self.store.engine.begin() as connection:
            await connection.run_sync(WorldTable.metadata.create_all)

    async def publish(self, *numbers: int, bad: Sequence[int] = ()) -> list[UUID]:
        """Owe one event for each number, in one unit of work."""
        async with self.store.begin() as unit:
            return [owe(unit, Noted(number=n, bad=n in bad)) for n in numbers]

    async def note(self, unit: Unit, events: Sequence[Received[Any]]) -> None:
        """The usual handler: a row for each event, in one statement. A bad event fails it."""
        self.batches.append([event.data for event in events])
        rows = [{"number": event.data.number, "type": event.data.type} for event in events]
        await unit.execute(insert(Effect), rows)
        if not self.bad_is_good and any(getattr(event.data, "bad", False) for event in events):
            raise ValueError("the number 0905 123 456 is bad")

    async def numbers(self) -> list[int]:
        """What had its effect, sorted."""
        async with self.store.read() as connection:
            return sorted((await connection.execute(select(col(Effect.number)))).scalars())

    async def has(self, numbers: Sequence[int], within_s: float = 60) -> None:
        """Wait until these, and only these, had their effect, each once."""
        wanted = sorted(numbers)
        try:
            await until(lambda: self._has(wanted), within_s)
        except AssertionError:
            assert await self.numbers() == wanted

    async def _has(self, wanted: Sequence[int]) -> bool:
        return await self.numbers() == wanted

    async def owed(self) -> int:
        async with self.store.read() as connection:
            return await count_owed(connection)

    async def all_published(self) -> None:
        await until(lambda: _is_zero(self.owed()))

    async def dead(self) -> Sequence[Any]:
        async with self.store.read() as connection:
            return await list_dead(connection, TABLES)

    async def ready(self, within_s: float = 60) -> None:
        await until(lambda: not self.bus.problems(), within_s, self.bus.problems)

    async def close(self) -> None:
        await self.bus.stop()
        await self.store.close()


def owe(unit: Unit, event: Any, correlation: str | None = None) -> UUID:
    return unit.publish(event, about=str(event.number), province="66", at=AT, correlation=correlation)


async def hand(url: str, subject: str, body: bytes, **changes: str) -> None:
    """Put a message straight into the stream, as nobody's relay would."""
    client = await nats.connect(url)
    made = headers(Noted(number=0), id=uuid4(), source="test", about="0", time=AT, correlation=uuid4().hex)
    await client.jetstream().publish(subject, body, headers=made | {"Nats-Msg-Id": uuid4().hex} | changes)
    await client.close()


class Admin:
    """Somebody with the `nats` tool in his hands."""

    def __init__(self, url: str) -> None:
        self._url = url

    async def __aenter__(self) -> JetStreamContext:
        self._client = await nats.connect(self._url)
        return self._client.jetstream()

    async def __aexit__(self, *_: object) -> None:
        await self._client.close()


async def until(holds: Callable[[], Any], within_s: float = 60, tell: Callable[[], object] = lambda: "") -> None:
    """Wait for something to become true; an error where it does not. `holds` may return an awaitable."""
    deadline = time.monotonic() + within_s
    while True:
        found = holds()
        if isinstance(found, Awaitable):
            found = await found
        if found:
            return
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {within_s} s {tell()}")
        await asyncio.sleep(0.02)


async def _is_zero(count: Awaitable[int]) -> bool:
    return await count == 0
