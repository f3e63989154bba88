"""A unit's own calendar: its week, days closed, days worked. With the public holidays it becomes a calendar. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal, NamedTuple

from shared.working_time import WEEKDAYS, Calendar, Hours

LOOK_AHEAD = timedelta(days=366)
_IN_LIEU = " (nghỉ bù)"
"""How the name of a day in lieu ends."""
MOST_DAYS = 200
"""Closures and extra working days that one calendar may list."""
MOST_STRETCHES = 4
"""Stretches of work on one day."""

Kind = Literal["weekly", "holiday", "closed", "worked"]
"""Why a day is as it is: by the week, by a public holiday, closed by the unit, worked out of turn."""


class Wrong(ValueError):
    """It makes no calendar: a key of `words.toml`, `[calendars.wrong]`, and the field that is to blame."""

    def __init__(self, key: str, field: str, **values: str) -> None:
        super().__init__(key)
        self.key, self.field, self.values = key, field, values


class Day(NamedTuple):
    """A date out of turn, and why."""

    date: date
    why: str = ""


class Holidays(NamedTuple):
    """Public holidays by name, and days worked in lieu by law."""

    closed: Mapping[date, str]
    worked: frozenset[date]


@dataclass(frozen=True)
class OwnCalendar:
    """What a unit says. `weekly` holds seven days, Monday first; lunch is the gap between two stretches."""

    weekly: tuple[tuple[Hours, ...], ...]
    closed: tuple[Day, ...] = ()
    worked: tuple[Day, ...] = ()
    keeps_holidays: bool = True

    def to_dict(self) -> dict[str, Any]:
        return {
            "weekly": {name: [str(hours) for hours in day] for name, day in zip(WEEKDAYS, self.weekly, strict=True)},
            "closed": [{"date": day.date.isoformat(), "why": day.why} for day in self.closed],
            "worked": [{"date": day.date.isoformat(), "why": day.why} for day in self.worked],
            "keeps_holidays": self.keeps_holidays,
        }

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> "OwnCalendar":
        """What `to_dict` wrote."""
        return cls(
            tuple(tuple(map(Hours.parse, plain["weekly"].get(name, ()))) for name in WEEKDAYS),
            _days(plain.get("closed", ())),
            _days(plain.get("worked", ())),
            plain.get("keeps_holidays", True),
        )


def composed(own: OwnCalendar, holidays: Holidays, today: date) -> Calendar:
    """The calendar that promises are made by: the unit's own word counts before the law's. Wrong where it is none."""
    closed, worked = {day.date for day in own.closed}, {day.date for day in own.worked}
    if both := closed & worked:
        raise Wrong("both", "closed", day=f"{min(both):%d/%m/%Y}")
    if len(own.closed) > MOST_DAYS or len(own.worked) > MOST_DAYS:
        raise Wrong("too_many", "closed" if len(own.closed) > MOST_DAYS else "worked", most=str(MOST_DAYS))
    by_law = kept(own, holidays)
    if not any(own.weekly):
        raise Wrong("never_open", "weekly")
    try:
        made = Calendar(
            own.weekly, frozenset((by_law.closed.keys() - worked) | closed), (by_law.worked | worked) - closed
        )
    except ValueError:
        raise Wrong("hours", "weekly") from None
    if not any(made.hours_on(today + timedelta(days)) for days in range(LOOK_AHEAD.days)):
        raise Wrong("never_open", "weekly")
    return made


def kept(own: OwnCalendar, holidays: Holidays) -> Holidays:
    """What of the law counts for a unit.

    A day in lieu is for those whose weekly rest the holiday fell on (Labour Code 2019, article 111.3): who would have
    worked on that Saturday has it off, and no other day for it.
    """
    if not own.keeps_holidays:
        return Holidays({}, frozenset())
    closed = {day: name for day, name in holidays.closed.items() if not _is_for_others(day, name, own, holidays)}
    return Holidays(closed, holidays.worked)


def _is_for_others(day: date, name: str, own: OwnCalendar, holidays: Holidays) -> bool:
    if not name.endswith(_IN_LIEU):
        return False
    of = [before for before, named in holidays.closed.items() if named == name.removesuffix(_IN_LIEU) and before < day]
    return bool(of) and bool(own.weekly[max(of).weekday()])


class Shown(NamedTuple):
    """One day of a preview."""

    date: date
    hours: tuple[Hours, ...]
    kind: Kind
    why: str


def preview(own: OwnCalendar, calendar: Calendar, holidays: Holidays, first: date, days: int = 30) -> list[Shown]:
    """The days to come, each with its hours and why it is so."""
    by_law = kept(own, holidays)
    closed, worked = dict(own.closed), dict(own.worked)
    return [_shown(first + timedelta(day), calendar, by_law, closed, worked) for day in range(days)]


def _shown(
    day: date,
    calendar: Calendar,
    by_law: Holidays,
    closed: Mapping[date, str],
    worked: Mapping[date, str],
) -> Shown:
    hours = calendar.hours_on(day)
    if day in closed:
        return Shown(day, hours, "closed", closed[day])
    if day in worked:
        return Shown(day, hours, "worked", worked[day])
    if day in by_law.closed:
        return Shown(day, hours, "holiday", by_law.closed[day])
    if day in by_law.worked:
        return Shown(day, hours, "worked", "")
    return Shown(day, hours, "weekly", "")


def _days(plain: Sequence[Mapping[str, str]]) -> tuple[Day, ...]:
    return tuple(sorted(Day(date.fromisoformat(day["date"]), day.get("why", "")) for day in plain))
