"""Rows by Core statements: a class's table, one statement for many rows, a row as an object of its class."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import Row, TextClause, text
from sqlalchemy.dialects.postgresql import dialect as postgresql
from sqlmodel import SQLModel

from shared.store.base import table_of

Made = TypeVar("Made", bound=SQLModel)


def insert_many(made: type[SQLModel], on_conflict: str) -> TextClause:
    """One statement for any number of rows, planned once: each parameter is a column's values, as an array."""
    table = table_of(made)
    names = ", ".join(column.name for column in table.columns)
    kinds = ((column.name, column.type.compile(dialect=postgresql())) for column in table.columns)
    arrays = ", ".join(f"cast(:{name} as {kind}[])" for name, kind in kinds)
    return text(f"insert into {table.name} ({names}) select * from unnest({arrays}) on conflict {on_conflict}")  # noqa: S608


def unless_older(made: type[SQLModel], key: str, counter: str, also: str = "false") -> str:
    """For `insert_many`: takes the new row's values where its `counter` is higher, or where `also` is true."""
    table = table_of(made)
    values = ", ".join(f"{column.name} = excluded.{column.name}" for column in table.columns if not column.primary_key)
    return f"({key}) do update set {values} where {table.name}.{counter} < excluded.{counter} or ({also})"


def by_column(rows: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """Rows as `insert_many` takes them."""
    return {name: [row[name] for row in rows] for name in rows[0]}


def made_of(made: type[Made], row: Row[Any]) -> Made:
    """A row of all columns as an object of its class."""
    return made(**row._mapping)
