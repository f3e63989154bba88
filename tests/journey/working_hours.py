"""Office hours of the winter of 2026 to 2027, counted naively; for the tests' own sums."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

_VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
_HALVES = ((time(7, 30), time(11, 30)), (time(13), time(17)))
_FIRST, _DAYS = date(2026, 11, 25), 70
_NEW_YEAR = date(2027, 1, 1)
"""The only holiday of these days: 24 November is over, Tết begins on 4 February."""
Span = tuple[datetime, datetime]


def seconds_worked(start: datetime, end: datetime, pauses: Sequence[Span] = (), urgent: bool = False) -> float:
    """Seconds of office hours (urgent: of any hours) between two moments, pauses left out."""
    return sum((until - since).total_seconds() for since, until in _open(start, end, pauses, urgent))


def due_at(start: datetime, seconds: float, pauses: Sequence[Span] = (), urgent: bool = False) -> datetime:
    """When so many seconds have passed."""
    left = timedelta(seconds=seconds)
    for since, until in _open(start, start + timedelta(days=30), pauses, urgent):
        if until - since >= left:
            return since + left
        left -= until - since
    raise AssertionError("not within a month")


def _open(start: datetime, end: datetime, pauses: Sequence[Span], urgent: bool) -> list[Span]:
    spans = [(start, end)] if urgent else [span for span in map(_cut(start, end), _office()) if span[0] < span[1]]
    for pause_start, pause_end in pauses:
        spans = [part for span in spans for part in _without(span, pause_start, pause_end)]
    return spans


@cache
def _office() -> list[Span]:
    days = [_FIRST + timedelta(days=number) for number in range(_DAYS)]
    working = [day for day in days if day.weekday() < 5 and day != _NEW_YEAR]
    return [
        (datetime.combine(day, opens, _VIETNAM), datetime.combine(day, closes, _VIETNAM))
        for day in working
        for opens, closes in _HALVES
    ]


def _cut(start: datetime, end: datetime):
    return lambda span: (max(span[0], start), min(span[1], end))


def _without(span: Span, start: datetime, end: datetime) -> list[Span]:
    parts = [(span[0], min(span[1], start)), (max(span[0], end), span[1])]
    return [part for part in parts if part[0] < part[1]]
