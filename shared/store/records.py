"""Rows as plain objects: for hot paths, where an instrumented table object costs twenty times as much to make.

TicketRecord = record_of(Ticket)     # same attributes and defaults as `Ticket`, nothing behind them
"""

from dataclasses import field, make_dataclass
from typing import Any, TypeVar, cast

from sqlmodel import SQLModel

Row = TypeVar("Row", bound=SQLModel)


def record_of(table: type[Row]) -> type[Row]:
    """A class with the columns of a table class as slots; to a type checker it is the table class itself."""
    fields = [(name, Any, _default(found)) for name, found in table.model_fields.items()]
    return cast("type[Row]", make_dataclass(table.__name__, fields, slots=True, kw_only=True, eq=False))


def _default(found: Any) -> Any:
    if found.is_required():
        return field()
    return field(default_factory=found.default_factory) if found.default_factory else field(default=found.default)
