"""The figures kept ready: days of units, and the changes that are not yet in them."""

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, Identity, Index, Numeric, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field

from services.assign.base import AssignTable


class CountedChange(AssignTable, table=True):
    """What one change of a ticket adds. Only ever added, so that nobody waits for a row; soon folded into the days."""

    __tablename__: Any = "counted_change"
    id: int | None = Field(default=None, sa_type=BigInteger, sa_column_args=(Identity(always=True),), primary_key=True)
    unit_path: list[str] = Field(sa_type=ARRAY(Text))
    category: str = Field(sa_type=Text)
    channel: str = Field(sa_type=Text)
    team: str | None = Field(default=None, sa_type=Text)
    entries: list[list[Any]] = Field(sa_type=JSONB)
    """As `facts` says it."""


class CountedDay(AssignTable, table=True):
    """A day of a unit and all below it: of everything (`by` 'all'), or of one category, channel or team (`key`).

    `unit` '' is the whole country, the key '' nobody's team.
    """

    __tablename__: Any = "counted_day"
    __table_args__ = (Index("counted_day_by", "unit", "by", "day"),)
    unit: str = Field(sa_type=Text, primary_key=True)
    by: str = Field(sa_type=Text, primary_key=True)
    key: str = Field(sa_type=Text, primary_key=True)
    day: date = Field(primary_key=True)
    submitted: int = Field(default=0, sa_type=BigInteger)
    opened: int = Field(default=0, sa_type=BigInteger)
    offers: int = Field(default=0, sa_type=BigInteger)
    declined: int = Field(default=0, sa_type=BigInteger)
    silent: int = Field(default=0, sa_type=BigInteger)
    unrouted: int = Field(default=0, sa_type=BigInteger)
    reopened: int = Field(default=0, sa_type=BigInteger)
    resolved: int = Field(default=0, sa_type=BigInteger)
    ratings: int = Field(default=0, sa_type=BigInteger)
    stars: int = Field(default=0, sa_type=BigInteger)
    response_met: int = Field(default=0, sa_type=BigInteger)
    response_missed: int = Field(default=0, sa_type=BigInteger)
    response_running: int = Field(default=0, sa_type=BigInteger)
    response_timed: int = Field(default=0, sa_type=BigInteger)
    response_us: int = Field(default=0, sa_type=BigInteger)
    resolution_met: int = Field(default=0, sa_type=BigInteger)
    resolution_missed: int = Field(default=0, sa_type=BigInteger)
    resolution_running: int = Field(default=0, sa_type=BigInteger)
    resolution_timed: int = Field(default=0, sa_type=BigInteger)
    resolution_us: int = Field(default=0, sa_type=BigInteger)
    response_times: Decimal = Field(default=Decimal(0), sa_type=Numeric)
    """A histogram as one number (`times`)."""
    resolution_times: Decimal = Field(default=Decimal(0), sa_type=Numeric)


class CountedOpen(AssignTable, table=True):
    """How many tickets of a unit are open: the sum of all `opened`."""

    __tablename__: Any = "counted_open"
    unit: str = Field(sa_type=Text, primary_key=True)
    by: str = Field(sa_type=Text, primary_key=True)
    key: str = Field(sa_type=Text, primary_key=True)
    open: int = Field(default=0, sa_type=BigInteger)
