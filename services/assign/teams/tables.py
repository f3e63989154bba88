"""Teams, their members, supervisors, and one-time sign-in links."""

from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, Index, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.assign.base import AssignTable
from shared.store import TIME

DEFAULT_CAPACITY = 5


class Team(AssignTable, table=True):
    """A village team. `skills`, `speaks` and `reachable` sum up its members, so that one row decides an offer.

    The migration adds `point`, a cube of metres from the earth's centre, generated from lat and lon, with its index.
    """

    __table_args__ = (Index("team_commune", "commune"), Index("team_village", "village_id"))
    code: str = Field(sa_type=Text, primary_key=True)
    name: str = Field(sa_type=Text)
    commune: str = Field(sa_type=Text)
    """Unit key."""
    commune_code: str = Field(sa_type=Text)
    unit_path: list[str] = Field(sa_type=ARRAY(Text))
    province: str = Field(sa_type=Text)
    village_id: str | None = Field(default=None, sa_type=Text)
    lat: float
    lon: float
    skills: list[str] = Field(default_factory=list, sa_type=ARRAY(Text))
    speaks: list[str] = Field(default_factory=list, sa_type=ARRAY(Text))
    reachable: bool = False
    """Whether at least one member has a deliverable address."""
    capacity: int = DEFAULT_CAPACITY
    """Accepted tickets it can hold; an open offer counts as half."""
    open_offers: int = 0
    accepted: int = 0
    last_offer_at: datetime | None = Field(default=None, sa_type=TIME)
    hours: dict[str, Any] | None = Field(default=None, sa_type=JSONB)
    """Reachable hours as a Calendar; None is 06:00-21:00 every day."""
    retired: bool = False
    notes: dict[str, Any] = Field(default_factory=dict, sa_type=JSONB)
    revision: int = 1


class Member(AssignTable, table=True):
    """A volunteer. `id` is stable; `member_code` or else the phone is the roster's key."""

    __table_args__ = (
        Index("member_team", "team_code"),
        Index("member_phone", "phone"),
        Index("member_code", "member_code", unique=True),
    )
    id: str = Field(sa_type=Text, primary_key=True)
    member_code: str | None = Field(default=None, sa_type=Text)
    team_code: str = Field(sa_type=Text)
    full_name: str = Field(sa_type=Text)
    phone: str = Field(sa_type=Text)
    role: str = Field(sa_type=Text)
    skills: list[str] = Field(default_factory=list, sa_type=ARRAY(Text))
    languages: list[str] = Field(default_factory=list, sa_type=ARRAY(Text))
    shows_phone: bool = True
    wake: bool = True
    bad_address_since: datetime | None = Field(default=None, sa_type=TIME)
    stopped_at: datetime | None = Field(default=None, sa_type=TIME)
    """Asked for no more messages (NGUNG)."""
    notes: dict[str, Any] = Field(default_factory=dict, sa_type=JSONB)
    retired: bool = False
    revision: int = 1


class Supervisor(AssignTable, table=True):
    """Watches a unit and all below it."""

    __table_args__ = (Index("supervisor_unit", "unit_code"), Index("supervisor_phone", "phone"))
    id: str = Field(sa_type=Text, primary_key=True)
    unit: str = Field(sa_type=Text)
    """Unit key."""
    unit_code: str = Field(sa_type=Text)
    full_name: str = Field(sa_type=Text)
    phone: str = Field(sa_type=Text)
    retired: bool = False
    revision: int = 1


class SignInLink(AssignTable, table=True):
    """Good once: `used_at` is set by whoever comes first."""

    id: str = Field(sa_type=Text, primary_key=True)
    principal: dict[str, Any] = Field(sa_type=JSONB)
    expires_at: datetime = Field(sa_type=TIME)
    used_at: datetime | None = Field(default=None, sa_type=TIME)
