"""The test's own sums of what happened in the story, to be compared with `GET /api/v1/metrics`."""

import statistics
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime

from tests.journey.hands import Json
from tests.journey.story import Case
from tests.journey.working_hours import due_at, seconds_worked
from tests.support.house import moment

_HOUR = 3600.0
_DAY = 8 * _HOUR
_TARGETS = {"scam_safety": (_HOUR / 2, 4 * _HOUR), "connectivity": (4 * _HOUR, 2 * _DAY)}
_USUAL = (2 * _HOUR, 3 * _DAY)
CHANNELS = {"form": "web", "operator": "hotline", "api": "api"}

KEYS: dict[str, Callable[[Case], str]] = {
    "unit": lambda case: case.asked.commune,
    "category": lambda case: case.asked.category,
    "channel": lambda case: CHANNELS[case.asked.way],
}


def own_rows(cases: Iterable[Case], by: str, now: datetime) -> dict[str, Json]:
    """The rows that the API should give, by key."""
    groups: defaultdict[str, list[Case]] = defaultdict(list)
    for case in cases:
        groups[KEYS[by](case)].append(case)
    return {key: _row(found, now) for key, found in groups.items()}


def due_times(case: Case) -> tuple[datetime, datetime]:
    """When response and resolution are due, by the promise for the category, without the pauses."""
    response_s, resolution_s = _TARGETS.get(case.asked.category, _USUAL)
    start = case.receipt.submitted_at
    return due_at(start, response_s, urgent=case.is_urgent), due_at(start, resolution_s, urgent=case.is_urgent)


def _row(cases: list[Case], now: datetime) -> Json:
    stars = [case.stars for case in cases if case.stars]
    return {
        "submitted": len(cases),
        "response": _clock([_response(case) for case in cases], now),
        "resolution": _clock([_resolution(case) for case in cases if "cancelled" not in case.then], now),
        "open": sum(1 for case in cases if not {"resolved", "cancelled"} & set(case.then)),
        "unrouted": sum(1 for case in cases if not case.expected),
        "reopened": sum(case.reopened for case in cases),
        "offers": sum(len(case.asked_teams) for case in cases),
        "declined": sum(case.declines for case in cases),
        "rating_mean": round(statistics.mean(stars), 3) if stars else None,
    }


Facts = tuple[datetime, datetime | None, float | None]
"""When it was due, when it was met, and after how many seconds of work."""


def _response(case: Case) -> Facts:
    due, _ = due_times(case)
    met = _last(case.then["accepted"], "accepted") if "accepted" in case.then else None
    return due, met, seconds_worked(case.receipt.submitted_at, met, urgent=case.is_urgent) if met else None


def _resolution(case: Case) -> Facts:
    _, resolution_s = _TARGETS.get(case.asked.category, _USUAL)
    start = case.receipt.submitted_at
    due = due_at(start, resolution_s, case.pauses, case.is_urgent)
    met = _last(case.then["resolved"], "resolved") if "resolved" in case.then else None
    return due, met, seconds_worked(start, met, case.pauses, case.is_urgent) if met else None


def _last(ticket: Json, event: str) -> datetime:
    return [moment(entry["at"]) for entry in ticket["timeline"] if entry["event"] == event][-1]


def _clock(facts: list[Facts], now: datetime) -> Json:
    times = sorted(seconds for _, _, seconds in facts if seconds is not None)
    return {
        "met": sum(1 for due, met, _ in facts if met and met <= due),
        "missed": sum(1 for due, met, _ in facts if (met or now) > due),
        "mean_s": statistics.mean(times) if times else None,
        "median_s": statistics.median(times) if times else None,
        "p90_s": _quantile(times, 17),
        "p95_s": _quantile(times, 18),
    }


def _quantile(times: list[float], twentieth: int) -> float | None:
    if len(times) < 2:
        return times[0] if times else None
    return statistics.quantiles(times, n=20, method="inclusive")[twentieth]
