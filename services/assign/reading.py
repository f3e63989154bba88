"""Rows of a Core statement as objects of their table; objects are never changed in place of what was read."""

from collections.abc import Mapping
from typing import Any, TypeVar

from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import SQLModel

Row = TypeVar("Row", bound=SQLModel)


async def many(connection: AsyncConnection, table: type[Row], statement: Select[Row]) -> list[Row]:
    """Every row that `select(table)…` finds."""
    return [table(**row._mapping) for row in await connection.execute(statement)]


async def one(connection: AsyncConnection, table: type[Row], statement: Select[Row]) -> Row | None:
    """The first row that `select(table)…` finds, or None."""
    row = (await connection.execute(statement)).first()
    return table(**row._mapping) if row else None


def altered(row: Row, changes: Mapping[str, Any]) -> Row:
    """The same row with other values in some columns."""
    return type(row)(**{**row.model_dump(), **changes})
