"""One transaction is one unit of work: what it changes and what it tells the others are committed together."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import orjson
import structlog
from sqlalchemy import Executable, text
from sqlalchemy.engine import CursorResult
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlmodel import SQLModel

from shared.clock import Clock
from shared.events import envelope
from shared.events.envelope import Event
from shared.store import outbox
from shared.store.base import Bookkeeping, new_id

MOST_BYTES = 900_000  # NATS takes 1 MB, headers included


class Unit:
    """A transaction under way, with the events it will tell."""

    def __init__(self, connection: AsyncConnection, source: str) -> None:
        self.connection = connection
        self._source = source
        self._owed: list[dict[str, Any]] = []
        self._after: list[Callable[[], None]] = []
        self.soonest: datetime | None = None
        """The earliest time at which something falls due that this unit wrote."""

    def falls_due(self, at: datetime) -> None:
        """A row was written whose time comes `at`: the cycle that does it is told after the commit."""
        self.soonest = min(at, self.soonest or at)

    def after_commit(self, tell: Callable[[], None]) -> None:
        """Call `tell` once this unit is committed, such as a cycle's `wake`; never where it is rolled back."""
        if tell not in self._after:
            self._after.append(tell)

    async def execute(
        self, statement: Executable, rows: Sequence[dict[str, Any]] | dict[str, Any] | None = None
    ) -> CursorResult[Any]:
        """Run a Core statement within the transaction."""
        return await self.connection.execute(statement, rows)

    def publish(self, event: Event, *, about: str, province: str, at: datetime, correlation: str | None = None) -> UUID:
        """Owe `event` to the bus: it leaves if and only if this unit is committed. `about` is a code or a key."""
        id, body = new_id(), event.model_dump_json().encode()
        if len(body) > MOST_BYTES:
            raise ValueError(f"{event.type} has {len(body)} bytes, more than the bus takes")
        trace = correlation or correlation_id()
        self._owed.append(
            {
                "id": id,
                "stream": event.stream,
                "subject": envelope.subject(event, province),
                "about": about,
                "headers": envelope.headers(event, id=id, source=self._source, about=about, time=at, correlation=trace),
                "body": body,
                "created_at": Clock.wall(),
            }
        )
        return id

    @contextmanager
    def told_together(self) -> Iterator[None]:
        """A part that writes no rows and may fail alone: on an exception its events are taken back."""
        owed, after = len(self._owed), len(self._after)
        try:
            yield
        except BaseException:
            del self._owed[owed:], self._after[after:]
            raise

    @asynccontextmanager
    async def attempt(self) -> AsyncIterator[None]:
        """A part that may fail alone: on an exception its rows and its events are taken back, the rest stays."""
        with self.told_together():
            async with self.connection.begin_nested():
                yield

    @property
    def after(self) -> Sequence[Callable[[], None]]:
        """What is to be told after the commit."""
        return self._after

    @property
    def owed(self) -> Sequence[dict[str, Any]]:
        """Outbox rows that the commit will write."""
        return self._owed


class Store:
    """A service's own PostgreSQL database."""

    def __init__(self, url: str, tables: Bookkeeping, source: str, pool: int = 5) -> None:
        self.engine: AsyncEngine = create_async_engine(
            url,
            pool_size=pool,
            max_overflow=0,  # a connection beyond the pool would be opened and closed for one transaction
            pool_pre_ping=False,
            hide_parameters=True,  # they are what people wrote, and would stand in errors
            json_serializer=lambda value: orjson.dumps(value).decode(),
            json_deserializer=orjson.loads,
        )
        self.tables = tables
        self.source = source
        self._wake: list[Callable[[], None]] = []
        self._expect: list[Callable[[datetime], None]] = []

    def on_due(self, expect: Callable[[datetime], None]) -> None:
        """Call `expect` with the earliest time that a committed unit said something falls due."""
        self._expect.append(expect)

    def on_publish(self, wake: Callable[[], None]) -> None:
        """Call `wake` after each commit that owes events (the relay)."""
        self._wake.append(wake)

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[Unit]:
        """A unit of work: committed at the end, rolled back on an exception."""
        async with self.engine.begin() as connection:
            unit = Unit(connection, self.source)
            yield unit
            if unit.owed:
                await outbox.write(connection, unit.owed)
        for tell in (*(self._wake if unit.owed else ()), *unit.after):
            tell()
        if unit.soonest:
            for expect in self._expect:
                expect(unit.soonest)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A connection for reading."""
        async with self.engine.connect() as connection:
            yield connection

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[AsyncConnection]:
        """A connection for reading that sees one moment, however many statements are asked: sums of them add up."""
        async with self.engine.connect() as connection:
            yield await connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)

    async def answers(self) -> bool:
        """Whether the database is there."""
        try:
            async with asyncio.timeout(5), self.engine.connect() as connection:
                await connection.execute(text("select 1"))
                return True
        except Exception:  # whatever went wrong, it does not answer
            return False

    async def close(self) -> None:
        await self.engine.dispose()


def correlation_id() -> str:
    """The trace id at hand (32 hex digits), or a new one."""
    found = structlog.contextvars.get_contextvars().get("correlation")
    return found if isinstance(found, str) else uuid4().hex


def rows(table: type[SQLModel], values: Sequence[SQLModel]) -> list[dict[str, Any]]:
    """Table objects as rows for a Core insert."""
    return [value.model_dump(include=set(table.model_fields)) for value in values]
