"""notify's own copy of units (who may see a message), villages (where somebody asks for help), categories' names."""

from datetime import date

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
    full_name: str = Field(default="", sa_type=Text)
    former_names: list[str] = Field(default_factory=list, sa_type=ARRAY(Text))
    valid_to: date | None = None


class Village(NotifyTable, table=True):
    """A village of a commune."""

    __table_args__ = (Index("village_commune", "commune"),)
    village_id: str = Field(sa_type=Text, primary_key=True)
    revision: int
    name: str = Field(sa_type=Text)
    former_commune: str | None = Field(default=None, sa_type=Text)
    commune: str = Field(sa_type=Text)
    """Unit key."""
    retired: bool = False


class Category(NotifyTable, table=True):
    """A duty of the teams, as people call it."""

    code: str = Field(sa_type=Text, primary_key=True)
    revision: int
    name_vi: str = Field(sa_type=Text)
    name_en: str = Field(sa_type=Text)
