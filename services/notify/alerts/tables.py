"""Alerts owed to somebody not known yet, and the short numbers by which people name their tickets."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.notify.base import NotifyTable
from shared.store import TIME


class WaitingAlert(NotifyTable, table=True):
    """An alert that waits for news of a person, a team or a resident. Becomes messages when they come."""

    __table_args__ = (Index("waitingalert_lacks", "lacks", "lacks_key"), Index("waitingalert_expires", "expires_at"))
    id: UUID = Field(primary_key=True)
    lacks: str = Field(sa_type=Text)
    """What is not known yet: `person`, `leader`, `helper` (of a team), `resident` (of a ticket), `request`."""
    lacks_key: str = Field(sa_type=Text)
    expires_at: datetime = Field(sa_type=TIME)
    alert: dict[str, Any] = Field(sa_type=JSONB)


class LaterAlert(NotifyTable, table=True):
    """An offer of which the rest of the team is told when its time comes, if it is still open then."""

    __table_args__ = (Index("lateralert_due", "due_at"),)
    offer_id: UUID = Field(primary_key=True)
    due_at: datetime = Field(sa_type=TIME)
    alert: dict[str, Any] = Field(sa_type=JSONB)


class ShortNumber(NotifyTable, table=True):
    """A person's own small number of a ticket. It stays as long as the ticket is open."""

    __table_args__ = (Index("shortnumber_number", "person", "number"),)
    person: str = Field(sa_type=Text, primary_key=True)
    code: str = Field(sa_type=Text, primary_key=True)
    number: int
    team: str | None = Field(default=None, sa_type=Text)
    given_at: datetime = Field(sa_type=TIME)
