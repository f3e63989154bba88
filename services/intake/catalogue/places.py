"""What a request may name: communes, villages, categories and what is promised. Plain frozen values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from shared.vietnam.names import sort_key
from shared.working_time import Calendar, add_working


@dataclass(frozen=True)
class Commune:
    """A unit of the lowest level. Its code alone may have meant another unit before `valid_from`."""

    key: str
    code: str
    name: str
    full_name: str
    province: str
    parent: str | None
    valid_from: date
    valid_to: date | None
    lat: float | None
    lon: float | None
    former_names: tuple[str, ...]

    def is_valid(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)

    @cached_property
    def sort_key(self) -> str:
        return sort_key(self.name)

    @property
    def point(self) -> tuple[float, float] | None:
        """A point inside it, degrees."""
        return None if self.lat is None or self.lon is None else (self.lat, self.lon)

    @classmethod
    def of(cls, facts: Mapping[str, Any]) -> "Commune":
        """From `places.unit_changed`."""
        return cls(
            key=facts["key"],
            code=facts["code"],
            name=facts["name"],
            full_name=facts["full_name"],
            province=facts["province"],
            parent=facts.get("parent"),
            valid_from=date.fromisoformat(facts["valid_from"]),
            valid_to=date.fromisoformat(facts["valid_to"]) if facts.get("valid_to") else None,
            lat=facts.get("lat"),
            lon=facts.get("lon"),
            former_names=tuple(facts.get("former_names", ())),
        )


@dataclass(frozen=True)
class Village:
    """A thôn, buôn or tổ dân phố. After the mergers of 2025 the former commune tells two of one name apart."""

    id: str
    name: str
    commune: str
    """The commune's key."""
    former_commune: str | None
    team_code: str | None
    lat: float | None
    lon: float | None

    @property
    def point(self) -> tuple[float, float] | None:
        """Where it lies, degrees; None where nobody said."""
        return None if self.lat is None or self.lon is None else (self.lat, self.lon)

    @cached_property
    def sort_key(self) -> str:
        return sort_key(f"{self.name} {self.former_commune or ''}")

    @classmethod
    def of(cls, facts: Mapping[str, Any]) -> "Village":
        """From `places.village_changed`."""
        return cls(
            id=facts["village_id"],
            name=facts["name"],
            commune=facts["commune"],
            former_commune=facts.get("former_commune"),
            team_code=facts.get("team_code"),
            lat=facts.get("lat"),
            lon=facts.get("lon"),
        )


@dataclass(frozen=True)
class Category:
    """A duty of the teams."""

    code: str
    name_vi: str
    name_en: str
    position: int
    urgent: bool

    def name(self, language: str) -> str:
        return self.name_en if language == "en" else self.name_vi

    @classmethod
    def of(cls, facts: Mapping[str, Any]) -> "Category":
        """From `places.category_changed`."""
        return cls(
            code=facts["code"],
            name_vi=facts["name_vi"],
            name_en=facts["name_en"],
            position=facts["position"],
            urgent=bool(facts.get("urgent")),
        )


@dataclass(frozen=True)
class Promise:
    """What is promised for a category: targets in working seconds of `calendar`."""

    category: str
    unit: str | None
    """Key of the unit it holds for, with all below it; None is everywhere."""
    valid_from: date
    """The first local day of requests that are promised so."""
    response_s: float
    resolution_s: float
    urgent: bool
    calendar: Calendar
    plain_calendar: Mapping[str, Any]

    def due(self, submitted_at: datetime) -> tuple[datetime, datetime]:
        """When response and resolution fall due, UTC."""
        return (
            add_working(self.calendar, submitted_at, self.response_s),
            add_working(self.calendar, submitted_at, self.resolution_s),
        )

    @classmethod
    def of(cls, facts: Mapping[str, Any]) -> "Promise":
        """From `places.promise_changed`."""
        return cls(
            category=facts["category"],
            unit=facts.get("unit"),
            valid_from=date.fromisoformat(facts["valid_from"]) if facts.get("valid_from") else date.min,
            response_s=facts["response_s"],
            resolution_s=facts["resolution_s"],
            urgent=facts["urgent"],
            calendar=Calendar.from_dict(facts["calendar"]),
            plain_calendar=facts["calendar"],
        )
