"""notify's own copy of units (who may see a message) and categories (what a text calls them)."""

from sqlalchemy import ARRAY, Index, Text
from sqlmodel import Field

from services.notify.base import NotifyTable


class Unit(NotifyTable, table=True):
    """An administrative unit, by code and date: `24121@2025-07-01`."""

    __table_args__ = (Index("unit_code", "code"),)
    key: str = Field(sa_type=Text, primary_key=True)
    revision: int
    code: str = Field(sa_type=Text)
    kind: str = Field(sa_type=Text)
    path: list[str] = Field(sa_type=ARRAY(Text))
    """Codes from the province down to this unit."""
    province: str = Field(sa_type=Text)


class Category(NotifyTable, table=True):
    """A duty of the teams, as people call it."""

    code: str = Field(sa_type=Text, primary_key=True)
    revision: int
    name_vi: str = Field(sa_type=Text)
    name_en: str = Field(sa_type=Text)
