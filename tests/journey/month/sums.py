"""The test's own sums over the month: of what it did and when, with its own working time; nothing asked of the product.

Only which teams were asked is read off the tickets: whether they are the right ones is another journey's question.
"""

import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.journey.month.play import PAYMENTS_ANEW, Case, Done
from tests.journey.working_hours import due_at, seconds_worked
from tests.support.house import moment

Json = dict[str, Any]
HOUR = 3600.0
TARGETS = {"scam_safety": (HOUR / 2, 4 * HOUR), "connectivity": (4 * HOUR, 16 * HOUR)}
USUAL = (2 * HOUR, 24 * HOUR)
STOPS, GOES_ON = ("wait", "finish", "cancel"), ("go on", "reopen")
Own = Callable[[Case], str | None]
IsIts = Callable[[Case, str | None], bool]
COUNTS = ("submitted", "open", "unrouted", "reopened", "offers", "declined", "silent", "resolved")
KEYS: dict[str, Own] = {
    "unit": lambda case: case.sample["commune_code"],
    "team": lambda case: case.team,
    "category": lambda case: case.sample["category"],
    "channel": lambda case: case.sample["channel"],
}


@dataclass(frozen=True)
class Clock:
    """When it was due (None: it stood still before that), when it was met, after how many seconds of work."""

    due: datetime | None
    met: datetime | None = None
    worked_s: float | None = None


def rows(cases: Sequence[Case], by: str, first: str, last: str, now: datetime) -> dict[str | None, Json]:
    """What `GET /api/v1/metrics` should say of the days from `first` to `last`."""
    if by == "day":
        return {day: _row(cases, cases, lambda *_: True, day, day, now) for day in _days(first, last)}
    own = KEYS[by]
    teams = {team for case in cases for _, _, team in _told(case)} if by == "team" else set[str | None]()
    return {key: _of_key(cases, by, own, key, first, last, now) for key in {own(case) for case in cases} | teams}


def _of_key(cases: Sequence[Case], by: str, own: Own, key: str | None, first: str, last: str, now: datetime) -> Json:
    """An offer counts with the team that was asked, all else with the ticket."""
    its = [case for case in cases if own(case) == key]
    return _row(its, cases, lambda case, team: (team if by == "team" else own(case)) == key, first, last, now)


def _row(its: Sequence[Case], cases: Sequence[Case], is_its: IsIts, first: str, last: str, now: datetime) -> Json:
    did = [done for case in its for done in case.did if first <= _day(done.at) <= last]
    names = [done.what for done in did]
    stars = [done.stars for done in did if done.what == "rate"]
    told = [
        what for case in cases for at, what, team in _told(case) if first <= _day(at) <= last and is_its(case, team)
    ]
    clocks = {name: [clock(case, place) for case in its] for place, name in enumerate(("response", "resolution"))}
    return {
        "submitted": names.count("ask"),
        "resolved": names.count("finish"),
        "open": sum(_is_open(case, last) for case in its),
        "unrouted": told.count("unrouted"),
        "reopened": names.count("reopen"),
        "offers": told.count("offer"),
        "declined": told.count("decline"),
        "silent": told.count("silence"),
        "rating_mean": round(statistics.mean(stars), 3) if stars else None,
    } | {name: _figures(found, first, last, now) for name, found in clocks.items()}


def _told(case: Case) -> Iterator[tuple[datetime, str, str | None]]:
    """Every offer, every silence that led to it, every refusal of one; and that nobody could be asked."""
    offers, story = case.ticket["offers"], case.ticket["timeline"]
    widened = {moment(entry["at"]) for entry in story if entry["facts"].get("reason") == "silence"}
    for before, offer in zip([None, *offers], offers, strict=False):
        at = moment(offer["at"])
        yield at, "offer", offer["team"]
        if before and at in widened:
            yield at, "silence", before["team"]
    yield from ((done.at, "decline", done.team) for done in case.did if done.what == "decline")
    yield from ((moment(entry["at"]), "unrouted", case.team) for entry in story if entry["event"] == "unrouted")


def _is_open(case: Case, last: str) -> bool:
    """Whether nobody had finished it when the day ended."""
    until_then = [done.what for done in case.did if _day(done.at) <= last]
    ends = [what for what in until_then if what in ("ask", "finish", "cancel", "reopen")]
    return bool(ends) and ends[-1] in ("ask", "reopen")


def clock(case: Case, place: int) -> Clock:
    """One clock of a request: response is the first, resolution the second of its promise."""
    start, met = case.did[0].at, _met(case, place)
    seconds = _promised(case, place, met.at if met else None)
    pauses = list(_pauses(case.did[: case.did.index(met)] if met else case.did, met.at if met else None))
    stands = next((since for since, until in pauses if until is None), None)
    over = [(since, until) for since, until in pauses if until]
    due = due_at(start, seconds, over, case.is_urgent)
    if met:
        return Clock(due, met.at, seconds_worked(start, met.at, over, case.is_urgent))
    return Clock(None if stands and stands < due else due)


def _met(case: Case, place: int) -> Done | None:
    """The first acceptance; the last time that it was done, where that still holds."""
    if place == 0:
        return next((done for done in case.did if done.what in ("accept", "take last")), None)
    return [done for done in case.did if done.what == "finish"][-1] if case.status in ("resolved", "closed") else None


def _pauses(did: Sequence[Done], until: datetime | None) -> Iterator[tuple[datetime, datetime | None]]:
    """No clock runs while it waits, is thought done, or is not wanted any more."""
    since: datetime | None = None
    for done in did:
        if done.what in STOPS:
            since = since or done.at
        elif done.what in GOES_ON and since:
            yield since, done.at
            since = None
    if since:
        yield since, until


def _promised(case: Case, place: int, met_at: datetime | None) -> float:
    """By the promise of the time when it was met; of now where it was not."""
    if case.anew_at and (met_at is None or case.anew_at <= met_at):
        return tuple(PAYMENTS_ANEW.values())[place]
    return TARGETS.get(case.sample["category"], USUAL)[place]


def _figures(clocks: Sequence[Clock], first: str, last: str, now: datetime) -> Json:
    due = [one for one in clocks if one.due and first <= _day(one.due) <= last]
    times = sorted(one.worked_s for one in due if one.worked_s is not None)
    return {
        "met": sum(1 for one in due if one.met and one.due and one.met <= one.due),
        "missed": sum(1 for one in due if one.due and one.due < (one.met or now)),
        "mean_s": statistics.mean(times) if times else None,
        "median_s": statistics.median(times) if times else None,
        "p90_s": _twentieth(times, 18),
        "p95_s": _twentieth(times, 19),
    }


def _twentieth(times: list[float], number: int) -> float | None:
    if len(times) < 2:
        return times[0] if times else None
    return statistics.quantiles(times, n=20, method="inclusive")[number - 1]


def _day(at: datetime) -> str:
    return at.astimezone(ZoneInfo("Asia/Ho_Chi_Minh")).date().isoformat()


def _days(first: str, last: str) -> list[str]:
    begin, end = datetime.fromisoformat(first).date(), datetime.fromisoformat(last).date()
    return [(begin + timedelta(days=number)).isoformat() for number in range((end - begin).days + 1)]
