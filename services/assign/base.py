"""The registry of assign's own tables, and the bookkeeping that every service has alike."""

from sqlalchemy.orm import registry
from sqlmodel import SQLModel

from shared.store import bookkeeping


class AssignTable(SQLModel, registry=registry()):
    """Base of every table of assign."""


TABLES = bookkeeping(AssignTable)
