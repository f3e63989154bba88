"""The registry of intake's own tables, and the bookkeeping that every service has alike."""

from sqlalchemy.orm import registry
from sqlmodel import SQLModel

from shared.store import bookkeeping


class IntakeTable(SQLModel, registry=registry()):
    """Base of every table of intake."""


TABLES = bookkeeping(IntakeTable)
