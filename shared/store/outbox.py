"""The outbox: events owed to the bus, and the places at which the bus keeps what was published.

Events are written with a service's own unit of work. All else is the relay's, by plain asyncpg.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_WRITE = text("""
    insert into outbox (id, stream, subject, about, headers, body, created_at)
    select id, stream, subject, about, cast(headers as jsonb), body, created_at from unnest(
        cast(:ids as uuid[]), cast(:streams as text[]), cast(:subjects as text[]), cast(:abouts as text[]),
        cast(:headers as text[]), cast(:bodies as bytea[]), cast(:times as timestamptz[])
    ) with ordinality as owed (id, stream, subject, about, headers, body, created_at, number) order by number
""")
_OWED = """
    select id, stream, subject, headers, body, created_at from outbox
    where published_at is null order by position limit $1
"""
_RECORD = """
    update outbox set published_at = now(), incarnation = ack.incarnation, sequence = ack.sequence
    from unnest($1::uuid[], $2::timestamptz[], $3::bigint[]) as ack (id, incarnation, sequence) where outbox.id = ack.id
"""
_ENDS = """
    select last.* from unnest($1::text[]) as wanted (stream), lateral (
        select stream, id, incarnation, sequence, published_at from outbox
        where stream = wanted.stream and sequence is not null order by sequence desc limit 1
    ) as last
"""
_FROM = """
    select stream, id, incarnation, sequence, published_at from outbox
    where stream = $1 and sequence >= $2 order by sequence limit 1
"""
_OWE = """
    with changed as (
        update outbox set incarnation = null, sequence = null,
            published_at = case when published_at > $2 then null else published_at end
        where stream = $1 and (incarnation <> $3 or sequence < $4 or sequence >= $5)
        returning published_at
    ) select count(*) from changed where published_at is null
"""
LOST = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)
"""What a `Ledger` raises where the store is away."""

_LOCK = 4_222_5432
_COUNT = text("select count(*) from outbox where published_at is null")


@dataclass(frozen=True, slots=True)
class Owed:
    """An event that the bus has not acknowledged."""

    id: UUID
    stream: str
    subject: str
    headers: dict[str, str]
    body: bytes
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Kept:
    """A published event and the place of the bus's acknowledgement: which making of the stream, which sequence."""

    stream: str
    id: UUID
    incarnation: datetime
    sequence: int
    published_at: datetime


async def write(connection: AsyncConnection, rows: Sequence[dict[str, Any]]) -> None:
    """Owe events, in this order, as part of the unit of work that caused them."""
    columns = ("id", "stream", "subject", "about", "headers", "body", "created_at")
    ids, streams, subjects, abouts, headers, bodies, times = ([row[column] for row in rows] for column in columns)
    texts = [orjson.dumps(header).decode() for header in headers]
    values = {"ids": ids, "streams": streams, "subjects": subjects, "abouts": abouts}
    await connection.execute(_WRITE, {**values, "headers": texts, "bodies": bodies, "times": times})


class Ledger:
    """The relay's own connection: the lock that says who leads, what is owed, what is kept where.

    Lock and rows share the connection, so who has lost the lock can record nothing. Recording waits for no fsync: what
    a crash forgets is published again, and known by its id.
    """

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn.replace("+asyncpg", "", 1)
        self._connection: asyncpg.Connection | None = None

    async def open(self) -> None:
        """Connect, leaving behind what was. Raises one of `LOST`, as everything here does where the store is away."""
        self.close()
        settings = {"application_name": "relay", "synchronous_commit": "off"}
        self._connection = await asyncpg.connect(self._dsn, timeout=5, command_timeout=10, server_settings=settings)

    def close(self) -> None:
        if self._connection:
            self._connection.terminate()
            self._connection = None

    async def try_to_lead(self) -> bool:
        """Take the lock that one relay of a service has; it goes with the connection."""
        return bool(await self._open.fetchval("select pg_try_advisory_lock($1)", _LOCK))

    async def owed(self, most: int) -> list[Owed]:
        """The oldest events that are owed, in the order of their commits as far as it is known."""
        rows = await self._open.fetch(_OWED, most)
        return [Owed(r[0], r[1], r[2], orjson.loads(r[3]), r[4], r[5]) for r in rows]

    async def record(self, kept: Sequence[Kept]) -> None:
        """Remember where the bus keeps these events; they are owed no more."""
        places = ([k.id for k in kept], [k.incarnation for k in kept], [k.sequence for k in kept])
        await self._open.execute(_RECORD, *places)

    async def ends(self, streams: Sequence[str]) -> dict[str, Kept]:
        """The highest place recorded in each stream that has any."""
        return {row["stream"]: Kept(*row) for row in await self._open.fetch(_ENDS, streams)}

    async def first_from(self, stream: str, sequence: int) -> Kept | None:
        """The first event kept at this sequence or after it."""
        row = await self._open.fetchrow(_FROM, stream, sequence)
        return Kept(*row) if row else None

    async def owe_again(self, stream: str, incarnation: datetime, kept: range, published_after: datetime) -> int:
        """Owe what lies in another incarnation or outside of the sequences `kept`; says how many.

        What was published too long ago for the stream to have it still is not sent again: only its place is forgotten.
        """
        owed = await self._open.fetchval(_OWE, stream, published_after, incarnation, kept.start, kept.stop)
        return int(owed or 0)

    @property
    def _open(self) -> asyncpg.Connection:
        if self._connection is None:
            raise asyncpg.InterfaceError("the relay has no connection")
        return self._connection


async def count_owed(connection: AsyncConnection) -> int:
    """How many events are owed."""
    return await connection.scalar(_COUNT) or 0
