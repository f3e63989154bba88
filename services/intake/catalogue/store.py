"""Intake's own copy of places: the newest event of each unit, village, category and promise."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

import orjson
from sqlalchemy import BigInteger, Index, Text, select, tuple_
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import Field

from services.intake.base import IntakeTable
from services.intake.rows import by_column, insert_many, unless_older
from shared.store import Unit
from shared.store.base import table_of

Kind = Literal["unit", "village", "category", "promise"]
PAGE = 2000
"""Entries read at once when memory is brought up to date."""


class CatalogueEntry(IntakeTable, table=True):
    """What assign last said of one place. `version` is the catalogue's own, at which this entry last changed."""

    __table_args__ = (Index("catalogueentry_version", "version", "kind", "key"),)
    kind: str = Field(sa_type=Text, primary_key=True)
    key: str = Field(sa_type=Text, primary_key=True)
    revision: int
    version: int = Field(sa_type=BigInteger)
    facts: dict[str, Any] = Field(sa_type=JSONB)


class CatalogueVersion(IntakeTable, table=True):
    """One row. Whoever changes the catalogue counts it up first and so has it alone: versions appear in their order."""

    id: int = Field(default=1, primary_key=True)
    version: int = Field(sa_type=BigInteger)


class Entry(NamedTuple):
    """An entry as memory reads it."""

    version: int
    kind: Kind
    key: str
    facts: Mapping[str, Any]


_ENTRY, _VERSION = table_of(CatalogueEntry), table_of(CatalogueVersion)
_KEEP = insert_many(CatalogueEntry, unless_older(CatalogueEntry, "kind, key", "revision"))


async def keep(unit: Unit, kind: Kind, places: Sequence[tuple[str, int, Mapping[str, Any]]]) -> None:
    """Take in `(key, revision, facts)`; what is older than, or the same as, what is known changes nothing."""
    version = await unit.connection.scalar(
        insert(_VERSION)
        .values(id=1, version=1)
        .on_conflict_do_update(index_elements=["id"], set_={"version": _VERSION.c.version + 1})
        .returning(_VERSION.c.version)
    )
    newest = {key: (revision, facts) for key, revision, facts in sorted(places, key=lambda place: place[:2])}
    rows = [
        {"kind": kind, "key": key, "revision": revision, "version": version, "facts": orjson.dumps(facts).decode()}
        for key, (revision, facts) in newest.items()
    ]
    await unit.execute(_KEEP, by_column(rows))


async def changed_since(connection: AsyncConnection, last: Entry | None) -> list[Entry]:
    """The next page of entries that changed after `last`, oldest change first."""
    place = (_ENTRY.c.version, _ENTRY.c.kind, _ENTRY.c.key)
    query = select(*place, _ENTRY.c.facts)
    if last:
        query = query.where(tuple_(*place) > tuple_(*last[:3]))
    return [Entry(*row) for row in await connection.execute(query.order_by(*place).limit(PAGE))]
