"""notify's own copy of tickets: what a text says of them, and whether a message is still wanted."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, Index, Text
from sqlmodel import Field

from services.notify.base import NotifyTable
from shared.store import TIME


class Ticket(NotifyTable, table=True):
    """The newest version of a ticket that was heard of."""

    code: str = Field(sa_type=Text, primary_key=True)
    version: int
    at: datetime = Field(sa_type=TIME)
    status: str = Field(sa_type=Text)
    category: str = Field(sa_type=Text)
    urgent: bool
    province: str = Field(sa_type=Text)
    village_name: str | None = Field(default=None, sa_type=Text)
    former_commune: str | None = Field(default=None, sa_type=Text)
    commune_name: str = Field(sa_type=Text)
    unit_path: list[str] = Field(sa_type=ARRAY(Text))
    response_due: datetime = Field(sa_type=TIME)
    resolution_due: datetime = Field(sa_type=TIME)
    team: str | None = Field(default=None, sa_type=Text)
    team_name: str | None = Field(default=None, sa_type=Text)
    member: str | None = Field(default=None, sa_type=Text)


class Offer(NotifyTable, table=True):
    """A ticket put before a team."""

    __table_args__ = (Index("offer_code", "code", "team"),)
    offer_id: UUID = Field(primary_key=True)
    code: str = Field(sa_type=Text)
    team: str = Field(sa_type=Text)
    version: int
    nobody_reached_at: datetime | None = Field(default=None, sa_type=TIME)
    """When assign was told that every message of this offer failed."""


class OfferEnd(NotifyTable, table=True):
    """The version at which a team's offers of a ticket last ended; may be known before the offer itself."""

    code: str = Field(sa_type=Text, primary_key=True)
    team: str = Field(sa_type=Text, primary_key=True)
    version: int
