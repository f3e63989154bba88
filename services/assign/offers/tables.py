"""Offers, every candidate that was considered for them, and whose they were by place."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Identity, Index, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.assign.base import AssignTable
from shared.store import TIME


class Offer(AssignTable, table=True):
    """A ticket put before one team. `open` is the team's load when it was asked."""

    __table_args__ = (
        Index("offer_code", "code", "at"),
        Index("offer_open", "team", "code", unique=True, postgresql_where="outcome = 'open'"),
        Index("offer_team", "team", "at"),
    )
    id: UUID = Field(primary_key=True)
    code: str = Field(sa_type=Text)
    team: str = Field(sa_type=Text)
    team_name: str = Field(sa_type=Text)
    metres: float
    open: float
    at: datetime = Field(sa_type=TIME)
    ring_at: datetime = Field(sa_type=TIME)
    outcome: str = Field(default="open", sa_type=Text)
    reason: str | None = Field(default=None, sa_type=Text)
    ended_at: datetime | None = Field(default=None, sa_type=TIME)


class Consideration(AssignTable, table=True):
    """One look around: each candidate with its metres, load, and why it was taken or left."""

    __table_args__ = (Index("consideration_code", "code", "id"),)
    id: int | None = Field(default=None, sa_type=BigInteger, sa_column_args=(Identity(always=True),), primary_key=True)
    code: str = Field(sa_type=Text)
    at: datetime = Field(sa_type=TIME)
    candidates: list[dict[str, Any]] = Field(sa_type=JSONB)


class Demand(AssignTable, table=True):
    """A part of a ticket's askings that was a team's own by its place, had nobody held anything."""

    team: str = Field(sa_type=Text, primary_key=True)
    at: datetime = Field(sa_type=TIME, primary_key=True)
    code: str = Field(sa_type=Text, primary_key=True)
    part: float
