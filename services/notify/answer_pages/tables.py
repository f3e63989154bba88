"""One page for one person and one offer."""

from datetime import datetime

from sqlalchemy import BigInteger, Identity, Text
from sqlmodel import Field

from services.notify.base import NotifyTable
from shared.store import TIME


class AnswerPage(NotifyTable, table=True):
    """A page to which a message carried the link."""

    id: int | None = Field(default=None, sa_type=BigInteger, primary_key=True, sa_column_args=(Identity(),))
    person: str = Field(sa_type=Text)
    code: str = Field(sa_type=Text)
    team: str | None = Field(default=None, sa_type=Text)
    number: int
    """The person's own short number of the ticket."""
    phone: str = Field(sa_type=Text)
    channel: str = Field(sa_type=Text)
    """By which the link was sent, and on which he is told where it could not be done."""
    version: int
    """The ticket's version that the message spoke of."""
    expires_at: datetime = Field(sa_type=TIME)
    used_at: datetime | None = Field(default=None, sa_type=TIME)
