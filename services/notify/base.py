"""The registry of notify's own tables, and the bookkeeping that every service has alike."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, any_, literal
from sqlalchemy.orm import Mapped, registry
from sqlmodel import SQLModel

from shared.store import bookkeeping


class NotifyTable(SQLModel, registry=registry()):
    """Base of every table of notify."""


TABLES = bookkeeping(NotifyTable)


def one_of(column: Mapped[Any], values: Iterable[Any]) -> ColumnElement[bool]:
    """`column = any(array)`: one statement for any number of values, so that it is prepared once.

    `in_` writes another statement for each number of values; preparing those cost notify a third of its time.
    """
    kind = column.type  # pyright: ignore[reportAttributeAccessIssue]  (a column of a table has one)
    return column == any_(literal(list(values), ARRAY(kind)))
