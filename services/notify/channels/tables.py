"""The simulated telephone network: what each phone received, and how it behaves."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, Text
from sqlmodel import Field

from services.notify.base import NotifyTable
from shared.store import TIME


class SimulatedText(NotifyTable, table=True):
    """A text on a simulated phone. Its id is the message's, so that it arrives once however often it is sent."""

    __table_args__ = (Index("simulatedtext_phone", "phone", "at"), Index("simulatedtext_at", "at"))
    id: UUID = Field(primary_key=True)
    phone: str = Field(sa_type=Text)
    at: datetime = Field(sa_type=TIME)
    text: str = Field(sa_type=Text)
    alert: str = Field(sa_type=Text)
    code: str | None = Field(default=None, sa_type=Text)


class SimulatedPhone(NotifyTable, table=True):
    """A phone that does not simply receive."""

    phone: str = Field(sa_type=Text, primary_key=True)
    behaviour: str = Field(sa_type=Text)
    """`lost` (taken, but no receipt comes), or one of the simulator's words of refusal."""
