"""Conversations with people who ask for help by text."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, SmallInteger, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.notify.base import NotifyTable
from shared.store import TIME


class Asking(NotifyTable, table=True):
    """`open` while we wait for an answer, `filed` when intake was told, `given_up`. One of a phone is open at most."""

    __table_args__ = (
        Index("asking_open", "phone", unique=True, postgresql_where="state = 'open'"),
        Index("asking_due", "act_at", postgresql_where="state = 'open'"),
        Index("asking_phone", "phone", "begun_at"),
    )
    id: UUID = Field(primary_key=True)
    phone: str = Field(sa_type=Text)
    channel: str = Field(sa_type=Text)
    """The way by which they write, and are answered."""
    language: str = Field(sa_type=Text)
    begun_at: datetime = Field(sa_type=TIME)
    state: str = Field(default="open", sa_type=Text)
    said: str = Field(default="", sa_type=Text)
    """All that was written, a line a text; empty once it is over: intake has it."""
    questions: int = Field(default=0, sa_type=SmallInteger)
    question: str | None = Field(default=None, sa_type=Text)
    """`conversation.Question`, the one asked last."""
    options: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSONB)
    """Its numbered choices: `id`, `label`."""
    commune: str | None = Field(default=None, sa_type=Text)
    """Unit key, once it is known."""
    called: str = Field(default="", sa_type=Text)
    """The former name by which the commune was called."""
    act_at: datetime = Field(sa_type=TIME)
    """When no answer is waited for any more."""
