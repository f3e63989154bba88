"""Requests as filed, and the keys under which they came: every table and query of this room."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Index, LargeBinary, Text, delete, not_, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import Field

from services.intake.base import IntakeTable
from services.intake.rows import by_column, insert_many, made_of
from shared.store import TIME, Unit
from shared.store.base import table_of


class Request(IntakeTable, table=True):
    """What one resident asked. `code` is the ticket's; with `joined` that of an earlier request's ticket."""

    __table_args__ = (
        Index("request_code", "code", unique=True, postgresql_where=text("not joined")),
        Index("request_ticket", "code", "submitted_at"),
        Index("request_phone", "phone", "submitted_at"),
    )
    id: UUID = Field(primary_key=True)
    code: str = Field(sa_type=Text)
    joined: bool = False
    channel: str = Field(sa_type=Text)
    category: str = Field(sa_type=Text)
    description: str = Field(sa_type=Text)
    phone: str = Field(sa_type=Text)
    requester_name: str | None = Field(default=None, sa_type=Text)
    language: str = Field(sa_type=Text)
    commune: str = Field(sa_type=Text)
    """Unit key."""
    village_id: str | None = Field(default=None, sa_type=Text)
    lat: float | None = None
    lon: float | None = None
    submitted_at: datetime = Field(sa_type=TIME)
    response_due: datetime = Field(sa_type=TIME)
    resolution_due: datetime = Field(sa_type=TIME)
    revision: int = 0
    """Counts up with each correction."""


class Once(IntakeTable, table=True):
    """A key that makes a retry the same request: an `Idempotency-Key`, or a form's nonce."""

    __table_args__ = (Index("once_age", "kept_until"),)
    key: str = Field(sa_type=Text, primary_key=True)
    fingerprint: bytes = Field(sa_type=LargeBinary)
    """Of the body that came with it; empty where any body is the same request (a form)."""
    request_id: UUID
    kept_until: datetime = Field(sa_type=TIME)


class Filed(NamedTuple):
    """What the sender is told of a request."""

    id: UUID
    code: str
    submitted_at: datetime
    response_due: datetime
    resolution_due: datetime


class Claim(NamedTuple):
    """A key that a filing would have for itself."""

    key: str
    fingerprint: bytes
    request_id: UUID
    kept_until: datetime


_REQUEST, _ONCE = table_of(Request), table_of(Once)
FILED = tuple(_REQUEST.c[name] for name in Filed._fields)
"""The columns of `Filed`."""
_INSERT_REQUESTS = insert_many(Request, "do nothing returning id")
_CLAIM_KEYS = insert_many(
    Once,
    """(key) do update set fingerprint = excluded.fingerprint, request_id = excluded.request_id,
    kept_until = excluded.kept_until where once.kept_until <= :now returning key""",
)


async def insert_requests(unit: Unit, rows: Sequence[Mapping[str, Any]]) -> set[UUID]:
    """Store new requests; returns the ids of those that were not there and whose code was free."""
    return set((await unit.execute(_INSERT_REQUESTS, by_column(rows))).scalars())


async def claim_keys(unit: Unit, claims: Sequence[Claim], now: datetime) -> set[str]:
    """Take keys (each once in `claims`) that nobody has or had too long ago; returns those we have now.

    In the order of the keys, so that two processes with the same keys wait for each other and do not deadlock.
    """
    rows = [claim._asdict() for claim in sorted(claims)]
    return set((await unit.execute(_CLAIM_KEYS, {**by_column(rows), "now": now})).scalars())


async def filed_under(connection: AsyncConnection, keys: Sequence[str]) -> dict[str, tuple[bytes, Filed]]:
    """The request that came with each key, and the fingerprint of its body."""
    query = (
        select(_ONCE.c.key, _ONCE.c.fingerprint, *FILED)
        .join(_REQUEST, _REQUEST.c.id == _ONCE.c.request_id)
        .where(_ONCE.c.key.in_(keys))
    )
    return {row.key: (row.fingerprint, Filed(*tuple(row)[2:])) for row in await connection.execute(query)}


async def filed_as(connection: AsyncConnection, ids: Sequence[UUID]) -> dict[UUID, Filed]:
    """Those of these requests that are filed."""
    found = await connection.execute(select(*FILED).where(_REQUEST.c.id.in_(ids)))
    return {row.id: Filed(*row) for row in found}


async def request_by_id(connection: AsyncConnection, id: UUID) -> Request | None:
    """One request, its ticket's first or one that joined."""
    found = (await connection.execute(select(_REQUEST).where(_REQUEST.c.id == id))).first()
    return made_of(Request, found) if found else None


async def first_request(connection: AsyncConnection, code: str) -> Request | None:
    """The request that a ticket was made of."""
    query = select(_REQUEST).where(_REQUEST.c.code == code, not_(_REQUEST.c.joined))
    found = (await connection.execute(query)).first()
    return made_of(Request, found) if found else None


async def correct(unit: Unit, id: UUID, revision: int, facts: Mapping[str, Any]) -> bool:
    """Take other facts in the place of those of `revision`; False where somebody corrected it meanwhile."""
    changed = await unit.execute(
        update(_REQUEST)
        .where(_REQUEST.c.id == id, _REQUEST.c.revision == revision)
        .values(**facts, revision=revision + 1)
    )
    return changed.rowcount == 1


async def forget_keys(unit: Unit, now: datetime, most: int = 1000) -> int:
    """Delete keys that are kept no longer; says how many."""
    old = select(_ONCE.c.key).where(_ONCE.c.kept_until <= now).order_by(_ONCE.c.kept_until).limit(most)
    return (await unit.execute(delete(_ONCE).where(_ONCE.c.key.in_(old)))).rowcount
