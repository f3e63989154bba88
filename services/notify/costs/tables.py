"""Prices as contracts name them, budgets as offices set them, and sums a month. Money is whole đồng."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Text
from sqlmodel import Field

from services.notify.base import NotifyTable
from shared.store import TIME


class Tariff(NotifyTable, table=True):
    """What one part costs on a channel to numbers that begin so, while it is valid."""

    id: UUID = Field(primary_key=True)
    channel: str = Field(sa_type=Text)
    prefix: str = Field(default="", sa_type=Text)
    """Of the number, such as `+8490`; empty is all. The longest that fits counts."""
    price_vnd: int
    """For each part."""
    valid_from: datetime = Field(sa_type=TIME)
    valid_until: datetime | None = Field(default=None, sa_type=TIME)
    """From then on it is not valid any more."""


class Budget(NotifyTable, table=True):
    """What a province or commune may spend in a month."""

    unit: str = Field(sa_type=Text, primary_key=True)
    monthly_vnd: int = Field(sa_type=BigInteger)
    warned_month: str | None = Field(default=None, sa_type=Text)
    """The last month in which it was said that four fifths are spent."""


class Spent(NotifyTable, table=True):
    """What a unit spent on a channel in a month of Vietnam's calendar. The unit `*` is the whole installation."""

    unit: str = Field(sa_type=Text, primary_key=True)
    month: str = Field(sa_type=Text, primary_key=True)
    """Such as `2026-11`."""
    channel: str = Field(sa_type=Text, primary_key=True)
    messages: int
    parts: int
    price_vnd: int = Field(sa_type=BigInteger)
