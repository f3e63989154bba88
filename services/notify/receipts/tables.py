"""Receipts as they came. One may come before the answer to our send: it waits here until the message is known."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, Text
from sqlmodel import Field

from services.notify.base import NotifyTable
from shared.store import TIME


class KeptReceipt(NotifyTable, table=True):
    """A channel's word on a message; its key makes a repeat the same row."""

    __table_args__ = (
        Index("keptreceipt_open", "kept_at", postgresql_where="not is_applied"),
        Index("keptreceipt_message", "message_id", postgresql_where="not is_applied"),
        Index("keptreceipt_provider", "channel", "provider_id", postgresql_where="not is_applied"),
    )
    channel: str = Field(sa_type=Text, primary_key=True)
    key: str = Field(sa_type=Text, primary_key=True)
    kind: str = Field(sa_type=Text)
    """on_its_way, delivered, failed."""
    at: datetime = Field(sa_type=TIME)
    """When it happened, by the channel's clock."""
    kept_at: datetime = Field(sa_type=TIME)
    message_id: UUID | None = None
    provider_id: str | None = Field(default=None, sa_type=Text)
    reason: str | None = Field(default=None, sa_type=Text)
    address_is_bad: bool = False
    is_applied: bool = False
    """It had its effect, or never will."""
