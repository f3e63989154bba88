"""The outbox: events owed to the bus, and the places at which the bus keeps what was published.

Events are written with a service's own unit of work; all else here is said by the relay on a connection of its own,
by plain asyncpg, because a row published costs three of these statements and nothing more.
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
_OWED = "select id, stream, subject, headers, body, created_at from outbox where published_at is null order by position limit $1"
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
    update outbox set published_at = null, incarnation = null, sequence = null
    where stream = $1 and published_at > $2 and (incarnation <> $3 or sequence >= $4 or sequence < $5)
"""


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


async def owed(connection: asyncpg.Connection, most: int) -> list[Owed]:
    """The oldest events that are owed, in the order of their commits as far as it is known."""
    rows = await connection.fetch(_OWED, most)
    return [Owed(r[0], r[1], r[2], orjson.loads(r[3]), r[4], r[5]) for r in rows]


async def record(connection: asyncpg.Connection, kept: Sequence[Kept]) -> None:
    """Remember where the bus keeps these events; they are owed no more."""
    places = ([k.id for k in kept], [k.incarnation for k in kept], [k.sequence for k in kept])
    await connection.execute(_RECORD, *places)


async def ends(connection: asyncpg.Connection, streams: Sequence[str]) -> dict[str, Kept]:
    """The highest place recorded in each stream that has any."""
    return {row["stream"]: Kept(*row) for row in await connection.fetch(_ENDS, streams)}


async def first_from(connection: asyncpg.Connection, stream: str, sequence: int) -> Kept | None:
    """The first event kept at this sequence or after it."""
    row = await connection.fetchrow(_FROM, stream, sequence)
    return Kept(*row) if row else None


async def owe_again(
    connection: asyncpg.Connection,
    stream: str,
    *,
    published_after: datetime,
    other_than: datetime,
    at_or_after: int,
    before: int,
) -> int:
    """Owe what was published to another incarnation, or lies at or beyond a sequence, or before one; says how many."""
    said = await connection.execute(_OWE, stream, published_after, other_than, at_or_after, before)
    return int(said.rsplit(" ", 1)[1])
