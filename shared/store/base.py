"""How a service's tables are declared: one registry each, and column types that PostgreSQL really has.

    class IntakeTable(SQLModel, registry=registry()): ...

Bookkeeping tables (outbox, inbox, dead letters) are alike in every service: `bookkeeping(IntakeTable)` declares them.
"""

from datetime import datetime
from typing import Any, NamedTuple, cast
from uuid import UUID

import uuid6
from sqlalchemy import BigInteger, DateTime, Identity, Index, LargeBinary, Table, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

TIME = DateTime(timezone=True)


class Bookkeeping(NamedTuple):
    """The three tables that every service has alike."""

    outbox: type[SQLModel]
    inbox: type[SQLModel]
    dead: type[SQLModel]


def new_id() -> UUID:
    """A UUIDv7 (RFC 9562): ids sort by the time they were made."""
    return UUID(bytes=uuid6.uuid7().bytes)


def table_of(model: type[SQLModel]) -> Table:
    """The Core table behind a table class."""
    return cast(Table, vars(model)["__table__"])  # SQLModel does not type what SQLAlchemy puts there


def bookkeeping(base: type[SQLModel]) -> Bookkeeping:
    """Declare outbox, inbox and dead letters on a service's own registry."""

    class Outbox(base, table=True):
        """An event owed to the bus. `incarnation` and `sequence` are the place of the stream's ack."""

        __table_args__ = (
            Index("outbox_owed", "position", postgresql_where="published_at is null"),
            Index("outbox_place", "stream", "sequence"),
            Index("outbox_about", "about"),
        )
        id: UUID = Field(primary_key=True)
        position: int | None = Field(
            default=None, sa_type=BigInteger, sa_column_args=(Identity(always=True),), nullable=False
        )
        stream: str = Field(sa_type=Text)
        subject: str = Field(sa_type=Text)
        about: str = Field(sa_type=Text)
        headers: dict[str, Any] = Field(sa_type=JSONB)
        body: bytes = Field(sa_type=LargeBinary)
        created_at: datetime = Field(sa_type=TIME)
        published_at: datetime | None = Field(default=None, sa_type=TIME)
        incarnation: datetime | None = Field(default=None, sa_type=TIME)
        sequence: int | None = Field(default=None, sa_type=BigInteger)

    class Inbox(base, table=True):
        """An event that had its effect here."""

        __table_args__ = (Index("inbox_age", "received_at"), Index("inbox_about", "about"))
        consumer: str = Field(sa_type=Text, primary_key=True)
        event_id: UUID = Field(primary_key=True)
        type: str = Field(sa_type=Text)
        about: str = Field(sa_type=Text)
        received_at: datetime = Field(sa_type=TIME)

    class Dead(base, table=True):
        """A message that could not be handled: why, and all that is needed to try again."""

        __tablename__: Any = "dead_letter"
        __table_args__ = (Index("dead_letter_event", "consumer", "event_id", unique=True),)
        id: UUID = Field(primary_key=True)
        consumer: str = Field(sa_type=Text)
        event_id: str = Field(sa_type=Text)
        """`ce-id`, or stream and sequence where it has none."""
        subject: str = Field(sa_type=Text)
        about: str | None = Field(default=None, sa_type=Text)
        headers: dict[str, Any] = Field(sa_type=JSONB)
        body: bytes = Field(sa_type=LargeBinary)
        reason: str = Field(sa_type=Text)
        deliveries: int
        died_at: datetime = Field(sa_type=TIME)
        retried_at: datetime | None = Field(default=None, sa_type=TIME)

    return Bookkeeping(Outbox, Inbox, Dead)
