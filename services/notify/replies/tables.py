"""What people wrote to us, as it came."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, Text
from sqlmodel import Field

from services.notify.base import NotifyTable
from shared.store import TIME


class Reply(NotifyTable, table=True):
    """One text from one phone, and what it was understood as."""

    __table_args__ = (
        Index("reply_at", "at"),
        Index("reply_phone", "phone", "id"),
        Index("reply_code", "code", postgresql_where="code is not null"),
        Index("reply_key", "channel", "channel_key", unique=True, postgresql_where="channel_key is not null"),
    )
    id: UUID = Field(primary_key=True)
    at: datetime = Field(sa_type=TIME)
    phone: str = Field(sa_type=Text)
    person: str | None = Field(default=None, sa_type=Text)
    text: str = Field(sa_type=Text)
    word: str | None = Field(default=None, sa_type=Text)
    """The SMS word it began with, such as `NHAN`; None where it was none of them."""
    code: str | None = Field(default=None, sa_type=Text)
    """The ticket it was taken for."""
    channel: str = Field(sa_type=Text)
    channel_key: str | None = Field(default=None, sa_type=Text)
    """The channel's own key of the text: the same twice is one reply."""
    address: str | None = Field(default=None, sa_type=Text)
    """The chat it came from, where that is linked to no phone."""
