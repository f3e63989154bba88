"""Five hundred requests over a month, and what becomes of each: a script, the same every time.

From 15 December to 15 January: nights, weekends and New Year. A few times a day people ask; what follows happens a few
minutes later, or at one of the next such times.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Literal

from deploy.sample.requests import SampleRequest, make_requests
from tests.support.house import moment

Deed = Literal[
    "ask", "accept", "decline", "take last", "start", "wait", "go on", "finish", "reopen", "give back", "rate",
    "cancel", "close", "reassign", "policy",
]  # fmt: skip
BEGIN, END = moment("2026-12-15T06:30:00+07:00"), moment("2027-01-15T08:00:00+07:00")
POLICY_AT = moment("2026-12-29T10:10:00+07:00")
"""In the middle another promise is made for payments, also to those who wait already."""
_SEED, _NUMBER = 3009, 500
_FIRST_OF_SAMPLE = moment("2026-11-02T00:00:00+07:00")
_HOURS = (6.6, 7.7, 9.2, 10.6, 12.1, 13.8, 15.3, 16.8, 19.5, 22.4)
"""Of a day: from before work to the night. Two are chosen each day."""
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Planned:
    """A deed on one of the requests (by its number), at a time. `stars` of a rating."""

    at: datetime
    number: int
    deed: Deed
    stars: int = 0


@dataclass(frozen=True)
class Plan:
    """What is asked, and everything that is done, in order of time."""

    asked: list[SampleRequest]
    deeds: dict[datetime, list[Planned]]


def make_plan(number: int = _NUMBER) -> Plan:
    rng = Random(_SEED)
    asked = make_requests(number, _SEED)
    slots = list(_slots(rng))
    deeds: defaultdict[datetime, list[Planned]] = defaultdict(list)
    for index, sample in enumerate(asked):
        at = _slot_of(sample, slots)
        for planned in _life(rng, slots, at, index, sample):
            if planned.at < END:
                deeds[planned.at].append(planned)
    deeds[POLICY_AT] = [Planned(POLICY_AT, 0, "policy")]
    return Plan(asked, dict(sorted(deeds.items())))


def _slots(rng: Random) -> Iterator[datetime]:
    day = BEGIN.replace(hour=0, minute=0)
    while day < END - timedelta(days=1):
        for hour in sorted(rng.sample(_HOURS, 2)):
            yield day + timedelta(hours=hour)
        day += timedelta(days=1)


def _slot_of(sample: SampleRequest, slots: list[datetime]) -> datetime:
    """The first time at which people ask, once this one has something to ask."""
    at = BEGIN + (moment(sample["submitted_at"]) - _FIRST_OF_SAMPLE)
    return next((slot for slot in slots if slot >= at), slots[-1])


def _life(rng: Random, slots: list[datetime], at: datetime, number: int, sample: SampleRequest) -> Iterator[Planned]:
    """One request from the first word to the last."""

    def deed(what: Deed, when: datetime, stars: int = 0) -> Planned:
        return Planned(when, number, what, stars)

    def later(after: timedelta) -> datetime:
        return next((slot for slot in slots if slot >= at + after), END)

    yield deed("ask", at)
    chance = rng.random()
    if chance < 0.03:
        yield deed("cancel", at + 9 * MINUTE)
        return
    if at > END - timedelta(hours=13) and chance < 0.5:
        return
    taken_at = at + (3 if sample["category"] == "scam_safety" else 9) * MINUTE
    if chance < 0.15:
        yield deed("decline", at + 3 * MINUTE)
    elif chance < 0.3 and sample["category"] != "scam_safety":
        taken_at = at + rng.choice([26, 26, 47]) * MINUTE
    elif chance < 0.33 and sample["category"] != "scam_safety":
        taken_at = at + 160 * MINUTE
    yield deed("take last" if rng.random() < 0.5 else "accept", taken_at)
    if rng.random() < 0.05:
        yield deed("cancel", later(timedelta(hours=2)))
        return
    yield from _work(rng, deed, later)


def _work(rng: Random, deed, later) -> Iterator[Planned]:
    hours = rng.choice([1, 2, 4, 6, 6, 20, 20, 26, 26, 50, 110])
    done_at = later(timedelta(hours=hours))
    if rng.random() < 0.5:
        yield deed("start", later(timedelta(minutes=30)))
    if hours >= 20 and rng.random() < 0.5:
        yield deed("wait", later(timedelta(hours=hours // 4)))
        if rng.random() < 0.7:
            yield deed("go on", later(timedelta(hours=hours * 3 // 4)))
    if rng.random() < 0.03:
        return
    yield deed("finish", done_at)
    chance = rng.random()
    if chance < 0.12:
        yield deed("reopen", later(timedelta(hours=hours + 8)))
        if chance < 0.03:
            yield deed("give back", later(timedelta(hours=hours + 9)))
            yield deed("accept", later(timedelta(hours=hours + 9)) + 9 * MINUTE)
        yield deed("finish", later(timedelta(hours=hours + 30)))
    if rng.random() < 0.6:
        yield deed("rate", later(timedelta(hours=hours + 40)), rng.choice([1, 3, 4, 5, 5]))
    if rng.random() < 0.6:
        yield deed("close", later(timedelta(hours=hours + 44)))
