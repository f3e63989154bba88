"""What others have been told is promised, so that only changes are told; and changes on their way to open tickets."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.assign.base import AssignTable
from shared.store import TIME


class ToldPromise(AssignTable, table=True):
    """The last `places.promise_changed` of a category in a unit from a day on."""

    category: str = Field(sa_type=Text, primary_key=True)
    unit: str = Field(sa_type=Text, primary_key=True)
    """Key; empty is the whole country."""
    valid_from: date = Field(primary_key=True)
    facts: dict[str, Any] = Field(sa_type=JSONB)


class PolicyApplication(AssignTable, table=True):
    """A changed policy that open tickets are to be promised by, a batch at a time."""

    category: str = Field(sa_type=Text, primary_key=True)
    unit: str = Field(sa_type=Text, primary_key=True)
    by: str = Field(sa_type=Text)
    """Id of the person who decided it."""
    owed_at: datetime = Field(sa_type=TIME)
    after: str = Field(default="", sa_type=Text)
    """Code of the last ticket that was reached."""
