"""What fails again and again: kept in the store, so that every process and every auditor knows of it."""

from datetime import datetime

from sqlalchemy import Text
from sqlmodel import Field

from services.assign.base import AssignTable
from shared.store import TIME


class FailingAction(AssignTable, table=True):
    """A ticket whose next action failed, since when, when last (real times), and the kind of error."""

    code: str = Field(sa_type=Text, primary_key=True)
    since: datetime = Field(sa_type=TIME)
    last: datetime = Field(sa_type=TIME)
    error: str = Field(sa_type=Text)
