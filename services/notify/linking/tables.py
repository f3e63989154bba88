"""Codes that were given out, and wrong ones that were tried."""

from datetime import datetime

from sqlalchemy import Index, SmallInteger, Text
from sqlmodel import Field

from services.notify.base import NotifyTable
from shared.store import TIME


class LinkCode(NotifyTable, table=True):
    """The last code given to a phone for a kind of chat: one counts at a time."""

    __table_args__ = (
        Index("linkcode_code", "kind", "code_hash", unique=True, postgresql_where="code_hash is not null"),
    )
    kind: str = Field(sa_type=Text, primary_key=True)
    phone: str = Field(sa_type=Text, primary_key=True)
    code_hash: str | None = Field(default=None, sa_type=Text)
    """None once it was used."""
    made_at: datetime = Field(sa_type=TIME)
    times: int = Field(sa_type=SmallInteger)
    """How many were given since `since`: each costs an SMS."""
    since: datetime = Field(sa_type=TIME)


class LinkTries(NotifyTable, table=True):
    """Wrong codes from one chat."""

    __table_args__ = (Index("linktries_since", "since"),)
    kind: str = Field(sa_type=Text, primary_key=True)
    address: str = Field(sa_type=Text, primary_key=True)
    wrong: int = Field(sa_type=SmallInteger)
    since: datetime = Field(sa_type=TIME)
