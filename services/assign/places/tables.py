"""Units, villages, categories and what is promised for them."""

from datetime import date

from sqlalchemy import ARRAY, Index, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.assign.base import AssignTable


class AdministrativeUnit(AssignTable, table=True):
    """A province, district or commune. Codes are reused, so its key is code and date: `24121@2025-07-01`."""

    __table_args__ = (
        Index("administrativeunit_code", "code", "valid_from"),
        Index("administrativeunit_parent", "parent"),
    )
    key: str = Field(sa_type=Text, primary_key=True)
    code: str = Field(sa_type=Text)
    valid_from: date
    valid_to: date | None = None
    name: str = Field(sa_type=Text)
    full_name: str = Field(sa_type=Text)
    kind: str = Field(sa_type=Text)
    parent: str | None = Field(default=None, sa_type=Text)
    path: list[str] = Field(sa_type=ARRAY(Text))
    """Codes from the province down to this unit."""
    province: str = Field(sa_type=Text)
    lat: float | None = None
    lon: float | None = None
    former_names: list[str] = Field(default_factory=list, sa_type=ARRAY(Text))
    sort_key: str = Field(sa_type=Text)
    revision: int = 1


class Village(AssignTable, table=True):
    """A thôn, buôn or tổ dân phố; usually has one team."""

    __table_args__ = (Index("village_commune", "commune"),)
    id: str = Field(sa_type=Text, primary_key=True)
    commune: str = Field(sa_type=Text)
    name: str = Field(sa_type=Text)
    former_commune: str | None = Field(default=None, sa_type=Text)
    team_code: str | None = Field(default=None, sa_type=Text)
    lat: float | None = None
    lon: float | None = None
    retired: bool = False
    sort_key: str = Field(sa_type=Text)
    revision: int = 1


class Category(AssignTable, table=True):
    """A duty of the teams. Data, not code."""

    code: str = Field(sa_type=Text, primary_key=True)
    name_vi: str = Field(sa_type=Text)
    name_en: str = Field(sa_type=Text)
    position: int
    urgent: bool = False
    retired: bool = False
    revision: int = 1


class Policy(AssignTable, table=True):
    """What is promised for a category in a unit from a day on, and how it is routed. Seconds are working seconds."""

    category: str = Field(sa_type=Text, primary_key=True)
    unit: str = Field(default="", sa_type=Text, primary_key=True)
    """Key of the unit; empty is the whole country. The nearest unit above a commune that has one counts."""
    valid_from: date = Field(default=date.min, primary_key=True)
    """The first local day of requests that are promised by it; the latest that has begun counts."""
    valid_to: date | None = None
    """The first day on which it no longer counts."""
    response_s: float
    resolution_s: float
    urgent: bool = False
    """Counted day and night; else by the unit's calendar."""
    widen_s: float = 1200
    """Reachable seconds of silence after which the next team is asked as well."""
    first_teams: int = 1
    """How many teams are asked at once."""
    reach_m: float = 15_000
    """How far teams of other communes may be."""
    most_held: int | None = None
    """Tickets a team may hold at most, an open offer counting as half, where that is less than its own capacity."""
    no_skill_m: float = 1_500
    """Metres that a team counts as farther where nobody has the skill; the following likewise."""
    no_language_m: float = 3_000
    open_offer_m: float = 100
    accepted_m: float = 200
    steps: dict[str, float] = Field(default_factory=dict, sa_type=JSONB, sa_column_kwargs={"server_default": "{}"})
    """When each step of a clock is done, as a part of the target (1 is the due time); absent ones as usual."""
