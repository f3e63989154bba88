"""The registry of notify's own tables, and the bookkeeping that every service has alike."""

from sqlalchemy.orm import registry
from sqlmodel import SQLModel

from shared.store import bookkeeping


class NotifyTable(SQLModel, registry=registry()):
    """Base of every table of notify."""


TABLES = bookkeeping(NotifyTable)
