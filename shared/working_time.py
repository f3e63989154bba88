"""Working time: how long a unit really worked between two moments, and when a promise falls due.

A calendar gives the hours of each weekday, the dates closed although the week says open (holidays) and the dates worked
although the week says closed (a Saturday worked in lieu). All moments are aware and exact to the microsecond; results
are UTC. Hours are local; Vietnam has kept UTC+7 without summer time since 1975.

Where things begin and end:

- Hours and pauses are half-open: 11:30 itself is no longer worked, 13:00 is.
- A deadline is the *first* moment at which enough was worked: it stays at 17:00 and does not slip to 07:30 of the next
  day; an amount of zero is due at its start, open or not.
- An end before its start has zero working time.

Nothing here loops over days: what was worked since a fixed Monday is a sum (weeks, days of the week, exceptions), and a
deadline is found by bisecting it.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from itertools import accumulate, pairwise
from typing import Any, NamedTuple

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONDAY = date(1970, 1, 5)
_ORIGIN = datetime(1970, 1, 4, 17, tzinfo=UTC)  # that Monday's midnight in Vietnam
_SECOND = 1_000_000
_MINUTE = 60 * _SECOND


class Hours(NamedTuple):
    """One stretch of work on a day, in minutes after local midnight, half-open; 1440 is the day's end."""

    opens: int
    closes: int

    @classmethod
    def of(cls, opens: str, closes: str) -> "Hours":
        """`Hours.of("07:30", "11:30")`; `24:00` is the day's end. ValueError where it is no time of day."""
        return cls(_minutes(opens), _minutes(closes))

    @classmethod
    def parse(cls, text: str) -> "Hours":
        """`07:30-11:30`, as `str` writes it. ValueError otherwise."""
        opens, _, closes = text.partition("-")
        return cls.of(opens, closes)

    def __str__(self) -> str:
        return "-".join(f"{minutes // 60:02d}:{minutes % 60:02d}" for minutes in self)


class Span(NamedTuple):
    """A stretch of real time, half-open; without an end it lasts still."""

    start: datetime
    end: datetime | None = None


@dataclass(frozen=True)
class Calendar:
    """When a unit works. ValueError at construction where it never would, or where it contradicts itself.

    `weekly` holds seven days, Monday first. A date in `worked` has the hours of the week's first day with any.
    """

    weekly: tuple[tuple[Hours, ...], ...]
    closed: frozenset[date] = frozenset()
    worked: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        if len(self.weekly) != len(WEEKDAYS):
            raise ValueError("a calendar has seven days, Monday first")
        if not any(self.weekly):
            raise ValueError("a calendar without a single working hour keeps no promise")
        for hours in self.weekly:
            _check_order(hours)
        if both := self.closed & self.worked:
            raise ValueError(f"closed and worked at once: {min(both).isoformat()}")

    def hours_on(self, day: date) -> tuple[Hours, ...]:
        """The stretches of work on a local date, in order; none on a closed one."""
        if day in self.closed:
            return ()
        return self._hours_of_worked_date if day in self.worked else self.weekly[day.weekday()]

    @property
    def is_round_the_clock(self) -> bool:
        """Whether every moment counts."""
        return not self.closed and all(_length(hours) == 24 * 60 * _MINUTE for hours in self.weekly)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON, as it travels in events and is kept with a ticket."""
        weekly = {name: [str(hours) for hours in day] for name, day in zip(WEEKDAYS, self.weekly, strict=True) if day}
        return {"weekly": weekly, "closed": _iso(self.closed), "worked": _iso(self.worked)}

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> "Calendar":
        """The calendar `to_dict` wrote; unknown keys are ignored. ValueError where it makes no calendar."""
        weekly = plain.get("weekly", {})
        return cls(
            tuple(tuple(map(Hours.parse, weekly.get(name, ()))) for name in WEEKDAYS),
            frozenset(map(date.fromisoformat, plain.get("closed", ()))),
            frozenset(map(date.fromisoformat, plain.get("worked", ()))),
        )

    def worked_until(self, moment: datetime) -> int:
        """Microseconds worked from the origin to a moment."""
        since = moment - _ORIGIN
        within = since.seconds * _SECOND + since.microseconds
        done = sum(
            min(within, closes * _MINUTE) - opens * _MINUTE
            for opens, closes in self.hours_on(_MONDAY + timedelta(since.days))
            if within > opens * _MINUTE
        )
        return self._worked_before(since.days) + done

    def first_moment(self, worked: int, from_day: int) -> datetime:
        """The first moment, on `from_day` or later, at which so many microseconds were worked since the origin."""
        step = 1
        while self._worked_before(from_day + step) < worked:
            step *= 2
        day = from_day + bisect_left(range(from_day + 1, from_day + step), worked, key=self._worked_before)
        left = worked - self._worked_before(day)
        for opens, closes in self.hours_on(_MONDAY + timedelta(day)):
            if left <= (closes - opens) * _MINUTE:
                return _ORIGIN + timedelta(days=day, microseconds=opens * _MINUTE + left)
            left -= (closes - opens) * _MINUTE
        raise AssertionError("the day was chosen because it holds the moment")

    @cached_property
    def _hours_of_worked_date(self) -> tuple[Hours, ...]:
        return next(hours for hours in self.weekly if hours)

    @cached_property
    def _week(self) -> list[int]:
        """Microseconds worked from Monday's midnight to each following midnight: eight sums, the last a whole week."""
        return list(accumulate(map(_length, self.weekly), initial=0))

    @cached_property
    def _exceptions(self) -> tuple[list[int], list[int]]:
        """Numbers of the days unlike their weekday, ascending, and what they add up to before each (microseconds)."""
        days = sorted(self.closed | self.worked)
        changes = (_length(self.hours_on(day)) - _length(self.weekly[day.weekday()]) for day in days)
        return [(day - _MONDAY).days for day in days], list(accumulate(changes, initial=0))

    def _worked_before(self, day: int) -> int:
        """Microseconds worked from the origin to the midnight that begins a day."""
        weeks, weekday = divmod(day, 7)
        days, changes = self._exceptions
        return weeks * self._week[7] + self._week[weekday] + changes[bisect_left(days, day)]


def working_seconds(calendar: Calendar, start: datetime, end: datetime) -> float:
    """Seconds worked from `start` to `end`."""
    return max(0, calendar.worked_until(end) - calendar.worked_until(start)) / _SECOND


def add_working(calendar: Calendar, start: datetime, seconds: float) -> datetime:
    """The deadline: the first moment at which `seconds` were worked since `start`."""
    amount = round(seconds * _SECOND)
    if amount <= 0:
        return start.astimezone(UTC)
    return calendar.first_moment(calendar.worked_until(start) + amount, (start - _ORIGIN).days)


def due(calendar: Calendar, start: datetime, target_s: float, pauses: Sequence[Span] = ()) -> datetime | None:
    """The first moment at which `target_s` seconds were worked since `start`, pauses left out.

    Pauses may overlap and come in any order. None while a pause without an end keeps the target from being reached.
    """
    left = target_s
    for pause in _apart(pauses):
        if pause.end is not None and pause.end <= start:
            continue
        worked = working_seconds(calendar, start, pause.start)
        if worked >= left:
            break
        if pause.end is None:
            return None
        left -= worked
        start = pause.end
    return add_working(calendar, start, left)


def elapsed(calendar: Calendar, start: datetime, end: datetime, pauses: Sequence[Span] = ()) -> float:
    """Seconds worked from `start` to `end`, pauses left out."""
    paused = (
        working_seconds(calendar, max(start, pause.start), end if pause.end is None else min(end, pause.end))
        for pause in _apart(pauses)
    )
    return round(working_seconds(calendar, start, end) - sum(paused), 6)


def is_open(calendar: Calendar, moment: datetime) -> bool:
    """Whether work goes on at this moment."""
    return opens_at(calendar, moment) == moment


def opens_at(calendar: Calendar, moment: datetime) -> datetime:
    """The moment itself where work goes on, else the next at which it begins."""
    instant = timedelta(microseconds=1)
    return add_working(calendar, moment, instant.total_seconds()) - instant


def _apart(pauses: Sequence[Span]) -> list[Span]:
    """The same pauses in order of time, overlapping and touching ones as one; what ends before it begins is none."""
    apart: list[Span] = []
    for pause in sorted(pauses, key=lambda pause: pause.start):
        if pause.end is not None and pause.end <= pause.start:
            continue
        last = apart[-1] if apart else None
        if last is None or (last.end is not None and last.end < pause.start):
            apart.append(pause)
        elif last.end is not None:
            apart[-1] = Span(last.start, pause.end and max(last.end, pause.end))
    return apart


def _length(hours: tuple[Hours, ...]) -> int:
    return sum(closes - opens for opens, closes in hours) * _MINUTE


def _check_order(day: tuple[Hours, ...]) -> None:
    """Each stretch ends after it begins, within the day, and before the next one begins."""
    for hours in day:
        if not 0 <= hours.opens < hours.closes <= 24 * 60:
            raise ValueError(f"these hours end before they begin, or leave the day: {hours}")
    for earlier, later in pairwise(day):
        if earlier.closes > later.opens:
            raise ValueError(f"these hours overlap or are out of order: {earlier}, {later}")


def _minutes(text: str) -> int:
    """Minutes after midnight of `07:30`."""
    hours, _, minutes = text.strip().partition(":")
    if not (len(hours) == len(minutes) == 2 and 0 <= int(minutes) < 60):
        raise ValueError(f"no time of day: {text!r}")
    return int(hours) * 60 + int(minutes)


def _iso(days: frozenset[date]) -> list[str]:
    return [day.isoformat() for day in sorted(days)]
