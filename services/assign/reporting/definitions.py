"""What each figure is: one definition each, the same on every board. Pure.

- `submitted`: tickets submitted in the period.
- `response`, `resolution`: the two clocks, of tickets whose target fell due in the period. `met` as soon as it is met
  at or before its due time; `missed` from its due time on. A paused clock has no due time until it runs again; a
  ticket cancelled before its due time counts as neither. Times are working seconds of the calendar the ticket was
  promised when it was met, pauses left out, over those of the same tickets that were met, in time or late.
- `resolved`: how often work was finished in the period.
- `open`: tickets that nobody had finished (not resolved, closed or cancelled) when the period ended; now, if it lasts.
- `unrouted`, `reopened`: how often that happened in the period; `offers`, `declined`: offers put before teams in the
  period, and refusals of offers in the period; `silent`: how often the next team was asked because one did not answer,
  with the team that was asked last before.
- `rating_mean`: of the stars given in the period.
- `PARTS`: what is said as a part of something else in the same period, such as refusals of offers.

All but the times, the means and the parts add up: the rows of a province's communes to the province, those of days to
the month.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from math import floor
from typing import Literal

Standing = Literal["met", "missed", "running"]


@dataclass(frozen=True, slots=True)
class ClockFacts:
    """One clock of one ticket. `ended_at`: it ended (cancelled) without; `paused_at`: since when it stands still."""

    due_at: datetime
    met_at: datetime | None = None
    ended_at: datetime | None = None
    paused_at: datetime | None = None
    worked_s: float | None = None
    """Working seconds from submission until it was met, pauses left out."""


@dataclass(frozen=True, slots=True)
class ClockFigures:
    """A clock over many tickets; times in seconds, None where no ticket was met."""

    met: int = 0
    missed: int = 0
    mean_s: float | None = None
    median_s: float | None = None
    p90_s: float | None = None
    p95_s: float | None = None

    def with_missed(self, more: int) -> "ClockFigures":
        """The same with so many more missed."""
        return replace(self, missed=self.missed + more)


def standing(clock: ClockFacts) -> Standing | None:
    """Where a clock stands, whatever the time is; None: it stopped before its due time, and is neither.

    Judged by when it happened, not by when somebody looked. What is running is missed from its due time on.
    """
    if clock.met_at is not None:
        return "met" if clock.met_at <= clock.due_at else "missed"
    stopped_at = min((at for at in (clock.ended_at, clock.paused_at) if at), default=None)
    if stopped_at is None:
        return "running"
    return "missed" if clock.due_at <= stopped_at else None


def times_of(ascending: Sequence[float]) -> tuple[float | None, float | None, float | None, float | None]:
    """Mean, median, 90th and 95th percentile."""
    return mean(ascending), quantile(ascending, 0.5), quantile(ascending, 0.9), quantile(ascending, 0.95)


def mean(values: Sequence[float]) -> float | None:
    """None of nothing."""
    return mean_of(sum(map(microseconds, values)), len(values))


def mean_of(sum_us: int, number: int) -> float | None:
    """The mean in seconds of so many times that add up to so many microseconds."""
    return round(sum_us / number / 1_000_000, 3) if number else None


def microseconds(seconds: float) -> int:
    """Whole ones, as clocks tell them: they add up to the same in any order."""
    return round(seconds * 1_000_000)


def quantile(ascending: Sequence[float], part: float) -> float | None:
    """Interpolated between neighbours (type 7 of Hyndman and Fan, 1996): what R, NumPy and `percentile_cont` say."""
    return interpolated(part, len(ascending), ascending.__getitem__)


def interpolated(part: float, number: int, of_rank: Callable[[int], float]) -> float | None:
    """The same of so many values, where `of_rank` gives each by its rank, 0 being the smallest."""
    if not number:
        return None
    place = part * (number - 1)
    below = floor(place)
    low, high = of_rank(below), of_rank(min(below + 1, number - 1))
    return round(low + (high - low) * (place - below), 3)


PARTS: Mapping[str, tuple[str, str]] = {
    "unrouted_share": ("unrouted", "submitted"),
    "reopened_share": ("reopened", "resolved"),
    "offers_each": ("offers", "submitted"),
    "declined_share": ("declined", "offers"),
    "silent_share": ("silent", "offers"),
}
"""Which count is told as a part of which other."""


def part(of: int, whole: int) -> float | None:
    """None of nothing."""
    return of / whole if whole else None


def share(met: int, missed: int) -> float | None:
    """Within target: met ÷ (met + missed); None of nothing."""
    return part(met, met + missed)
