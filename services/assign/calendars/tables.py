"""Calendars that units set for themselves."""

from datetime import datetime
from typing import Any

from sqlalchemy import Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.assign.base import AssignTable
from shared.store import TIME


class UnitCalendar(AssignTable, table=True):
    """What a unit said of its hours. Units below it that said nothing follow it."""

    unit: str = Field(sa_type=Text, primary_key=True)
    """Key of the unit; empty is the whole country."""
    said: dict[str, Any] = Field(sa_type=JSONB)
    """`own.OwnCalendar` as a dictionary."""
    through: int
    """The last year whose public holidays have been told to the others."""
    changed_at: datetime = Field(sa_type=TIME)
    changed_by: str = Field(sa_type=Text)
    """Id of the person, or `system`."""
