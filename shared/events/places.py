"""Published by assign: units, villages, categories and promises, so that intake can validate and promise alone."""

from datetime import date, datetime
from typing import Any, ClassVar

from pydantic import Field

from shared.events.envelope import Event


class PlaceEvent(Event):
    """What every event of a place says."""

    stream: ClassVar[str] = "places"

    revision: int
    """Counts up with each change of the thing; what is older is ignored."""
    changed_at: datetime


class UnitChanged(PlaceEvent):
    """An administrative unit. Its key is its code and the date from which it is valid, `24121@2025-07-01`."""

    type: ClassVar[str] = "places.unit_changed"

    key: str
    code: str
    valid_from: date
    valid_to: date | None = None
    name: str
    full_name: str
    kind: str
    """province, district, commune."""
    parent: str | None = None
    path: list[str]
    """Codes from the province down to this unit."""
    province: str
    lat: float | None = None
    lon: float | None = None
    former_names: list[str] = Field(default_factory=list)


class VillageChanged(PlaceEvent):
    """A village (thôn, buôn, tổ dân phố) and its own team, where it has one."""

    type: ClassVar[str] = "places.village_changed"

    village_id: str
    name: str
    former_commune: str | None = None
    commune: str
    """Unit key."""
    team_code: str | None = None
    lat: float | None = None
    lon: float | None = None
    retired: bool = False


class CategoryChanged(PlaceEvent):
    """A duty of the teams. Data, not code."""

    type: ClassVar[str] = "places.category_changed"

    code: str
    name_vi: str
    name_en: str
    position: int
    urgent: bool = False
    retired: bool = False


class PromiseChanged(PlaceEvent):
    """What is promised for a category (in a unit, or everywhere)."""

    type: ClassVar[str] = "places.promise_changed"

    category: str
    unit: str | None = None
    """Unit key; None is everywhere."""
    response_s: float
    resolution_s: float
    urgent: bool
    calendar: dict[str, Any]
    valid_from: date | None = None
    """The first local day of requests that are promised so; None is always. The latest that has begun counts."""
    retired: bool = False
    """It is said no more: what is promised otherwise, or above this unit, counts."""
