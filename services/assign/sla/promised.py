"""What a ticket was promised. It keeps this whatever becomes of the policy. Pure."""

from dataclasses import dataclass, field, fields
from functools import cached_property, lru_cache
from typing import Any

import orjson

from shared.working_time import Calendar


@dataclass(frozen=True)
class Promised:
    """Targets in working seconds of the calendar; `widen_s` in reachable seconds; `reach_m` in metres."""

    response_s: float
    resolution_s: float
    urgent: bool
    calendar_plain: dict[str, Any]
    widen_s: float
    first_teams: int
    reach_m: float
    most_held: int | None = None
    no_skill_m: float = 1_500
    no_language_m: float = 3_000
    open_offer_m: float = 100
    accepted_m: float = 200
    steps: dict[str, float] = field(default_factory=dict[str, float])
    """Parts of the target by step; absent ones as usual (`clocks.PARTS`)."""

    @cached_property
    def calendar(self) -> Calendar:
        return calendar_of(self.calendar_plain)

    def to_dict(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in _NAMES}

    @classmethod
    def from_dict(cls, plain: dict[str, Any]) -> "Promised":
        return cls(**plain)


_NAMES = tuple(found.name for found in fields(Promised))


def calendar_of(plain: dict[str, Any]) -> Calendar:
    """The calendar, made once for each that is in use."""
    return _calendar(orjson.dumps(plain, option=orjson.OPT_SORT_KEYS))


@lru_cache(maxsize=256)
def _calendar(plain: bytes) -> Calendar:
    return Calendar.from_dict(orjson.loads(plain))
