"""The figures as a clerk with paper would make them: from each ticket's history, minute by minute.

Slow, obviously right; nothing here is shared with what the product counts by. Times are minutes since `BEGIN`, by a
clock on a wall in Vietnam.
"""

import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from typing import Any, NamedTuple

VIETNAM = timezone(timedelta(hours=7))
BEGIN = datetime(2026, 12, 27, tzinfo=VIETNAM)
"""A Sunday's midnight."""
DAY = 24 * 60
HORIZON = 50 * DAY
NEW_YEAR = date(2027, 1, 1)
CLOCKS = ("response", "resolution")
STILL = ("waiting", "resolved", "closed", "cancelled")
"""States in which the clocks stand still."""
FINISHED = ("resolved", "closed", "cancelled")
COUNTS = ("submitted", "resolved", "open", "unrouted", "reopened", "offers", "declined", "silent", "ratings", "stars")


class Promise(NamedTuple):
    """Minutes of work until somebody comes and until it is done, and the hours that count (a key of `HOURS`)."""

    response: int
    resolution: int
    hours: str


class Entry(NamedTuple):
    """One line of a ticket's history."""

    minute: int
    event: str
    status: str
    facts: dict[str, Any]


@dataclass
class Life:
    """A ticket: what whoever made it knows, and its history so far."""

    code: str
    commune: str
    category: str
    channel: str
    promises: list[tuple[int, Promise]]
    """From which line of the history on each counts."""
    team: str | None = None
    history: list[Entry] = field(default_factory=list[Entry])
    clocks: dict[str, "Judged"] = field(default_factory=dict[str, "Judged"])
    """As the last `judge` found them."""

    @property
    def status(self) -> str:
        return self.history[-1].status


class Judged(NamedTuple):
    """One clock of one ticket: the minute when it was due (None: not yet, it stands still), how it ended, its work."""

    due: int | None
    met: int | None
    worked: int | None


def minute_of(moment: datetime) -> int:
    """Everything in these lives happens at whole minutes."""
    minutes, rest = divmod(moment - BEGIN, timedelta(minutes=1))
    assert not rest, moment
    return minutes


def day_of(minute: int) -> date:
    return (BEGIN + timedelta(minutes=minute)).date()


def judge(lives: Iterable[Life]) -> None:
    """Look at every clock as it stands now."""
    for life in lives:
        life.clocks = {clock: _judged(life, clock) for clock in CLOCKS}


def rows(
    lives: Iterable[Life], place: str | None, by: str, first: date, last: date, now: int
) -> dict[str | None, dict[str, Any]]:
    """The figures by key; keys of which there is nothing to say are left out. `place`: a commune, None for all."""
    here = [life for life in lives if place in (None, life.commune)]
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    if by == "day":
        return {day.isoformat(): _row(here, [day], now, lambda _: True, lambda _: True) for day in days}
    own = _key(by)
    keys = {own(life) for life in here} | ({"an", "binh", "chi", "dung"} if by == "team" else set())
    return {key: _row(here, days, now, *_chooses(own, by, key)) for key in keys}


def _key(by: str) -> Callable[[Life], str | None]:
    return {
        "unit": lambda life: life.commune,
        "team": lambda life: life.team,
        "category": lambda life: life.category,
        "channel": lambda life: life.channel,
    }[by]


def _chooses(own: Callable[[Life], str | None], by: str, key: str | None):
    """Whose ticket counts for a key; and whose offer, where it names a team."""
    if by == "team":
        return (lambda life: own(life) == key), (lambda asked: asked[1] == key)
    return (lambda life: own(life) == key), (lambda asked: own(asked[0]) == key)


def _row(
    lives: Sequence[Life],
    days: Sequence[date],
    now: int,
    is_its: Callable[[Life], bool],
    is_its_offer: Callable[[tuple[Life, str]], bool],
) -> dict[str, Any]:
    its = [life for life in lives if is_its(life)]
    asked = [one for life in lives for one in _offers(life) if one[0] in days and is_its_offer((life, one[2]))]
    events = [entry for life in its for entry in life.history if day_of(entry.minute) in days]
    happened = [entry.event for entry in events]
    stars = [entry.facts["stars"] for entry in events if entry.event == "tickets.rated"]
    return {
        "submitted": happened.count("requests.submitted"),
        "resolved": happened.count("tickets.resolved"),
        "open": sum(_is_open(life, days[-1]) for life in its),
        "unrouted": happened.count("tickets.unrouted"),
        "reopened": happened.count("tickets.reopened"),
        "offers": [what for _, what, _ in asked].count("offered"),
        "declined": [what for _, what, _ in asked].count("declined"),
        "silent": [what for _, what, _ in asked].count("silent"),
        "ratings": len(stars),
        "stars": sum(stars),
        "rating_mean": statistics.mean(stars) if stars else None,
    } | {clock: _clock([life.clocks[clock] for life in its], days, now) for clock in CLOCKS}


def _offers(life: Life) -> Iterable[tuple[date, str, str]]:
    """Day, what it was, and the team: offers, refusals of offers, silences after which the next was asked."""
    last_asked = ""
    for minute, event, status, facts in life.history:
        day = day_of(minute)
        if event == "tickets.widened" and facts["reason"] == "silence":
            yield day, "silent", last_asked
        if event in ("tickets.offered", "tickets.widened"):
            for offer in facts["offers"]:
                yield day, "offered", offer["team"]
                last_asked = offer["team"]
        if event == "tickets.declined" and status == "offered":
            yield day, "declined", facts["declined_by"]


def _is_open(life: Life, day: date) -> bool:
    """Whether nobody had finished it when the day ended, or now."""
    seen = [entry.status for entry in life.history if day_of(entry.minute) <= day]
    return bool(seen) and seen[-1] not in FINISHED


def _clock(clocks: Sequence[Judged], days: Sequence[date], now: int) -> dict[str, Any]:
    due = [clock for clock in clocks if clock.due is not None and day_of(clock.due) in days]
    times = sorted(clock.worked * 60 for clock in due if clock.worked is not None)
    return {
        "met": sum(clock.met is not None and clock.met <= (clock.due or 0) for clock in due),
        "missed": sum((clock.due or 0) < clock.met if clock.met is not None else clock.due <= now for clock in due),  # pyright: ignore[reportOptionalOperand]
        "mean_s": statistics.mean(times) if times else None,
        "median_s": statistics.median(times) if times else None,
        "p90_s": _twentieth(times, 18),
        "p95_s": _twentieth(times, 19),
    }


def _twentieth(times: list[int], number: int) -> float | None:
    if len(times) < 2:
        return times[0] if times else None
    return statistics.quantiles(times, n=20, method="inclusive")[number - 1]


def _judged(life: Life, clock: str) -> Judged:
    """Met by the first acceptance, or by the last time it was done if that still holds; by the promise of that time."""
    met = _met(life, clock)
    promise = [promise for line, promise in life.promises if met is None or line <= met][-1]
    start, until = life.history[0].minute, HORIZON if met is None else life.history[met].minute
    counts = list(HOURS[promise.hours])
    for since, till in _still(life.history[:met], until):
        counts[since:till] = [False] * (till - since)
    due = _reached(counts, start, getattr(promise, clock))
    return Judged(due, None, None) if met is None else Judged(due, until, sum(counts[start:until]))


def _met(life: Life, clock: str) -> int | None:
    """The line of the history that met it."""
    events = [entry.event for entry in life.history]
    if clock == "response":
        return events.index("tickets.accepted") if "tickets.accepted" in events else None
    if life.status not in ("resolved", "closed"):
        return None
    return len(events) - 1 - events[::-1].index("tickets.resolved")


def _still(history: Sequence[Entry], until: int) -> Iterable[tuple[int, int]]:
    """Minutes during which the clocks stood still."""
    for entry, following in zip(history, [*history[1:], None], strict=True):
        if entry.status in STILL:
            yield entry.minute, following.minute if following else until


def _reached(counts: Sequence[bool], start: int, target: int) -> int | None:
    """The end of the minute in which so many minutes were worked."""
    done = 0
    for minute in range(start, HORIZON):
        done += counts[minute]
        if done == target:
            return minute + 1
    return None


def _office(minute: int) -> bool:
    day, clock = day_of(minute), minute % DAY
    if day == NEW_YEAR or day.weekday() >= 5:
        return False
    return 7 * 60 + 30 <= clock < 11 * 60 + 30 or 13 * 60 <= clock < 17 * 60


def _neighbour(minute: int) -> bool:
    """The neighbouring commune works on Saturdays too, and later."""
    day, clock = day_of(minute), minute % DAY
    return day != NEW_YEAR and day.weekday() < 6 and (8 * 60 <= clock < 12 * 60 or 14 * 60 <= clock < 18 * 60)


HOURS: dict[str, list[bool]] = {
    "office": [_office(minute) for minute in range(HORIZON)],
    "neighbour": [_neighbour(minute) for minute in range(HORIZON)],
    "always": [True] * HORIZON,
}
"""Whether each minute counts."""
NOTHING = _row([], [NEW_YEAR], 0, lambda _: True, lambda _: True)
"""The figures of no ticket at all."""
