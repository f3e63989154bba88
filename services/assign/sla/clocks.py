"""Two clocks a ticket: response (submitted → accepted) and resolution (submitted → resolved), in working time. Pure.

Pauses are facts; targets are derived from them. Judged by when it happened, not by when somebody looked: a clock met
after its due time was breached at its due time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Literal

from services.assign.sla.promised import Promised
from shared.working_time import Span, add_working, due, elapsed

ClockName = Literal["response", "resolution"]
StepKind = Literal["warned", "breached", "leader", "commune", "province"]
OBJECTION = timedelta(hours=72)
"""A resolved ticket closes by itself after so long without objection."""
LONGEST_WAIT = timedelta(days=7)
"""A wait without an end is looked at after so long."""
REVIEW_S = 8 * 3600.0
"""Working seconds after which a ticket that no clock watches any more is put before its supervisor again."""


@dataclass(frozen=True, slots=True)
class Step:
    """Something that is done once when a part of a clock's target has passed."""

    clock: ClockName
    kind: StepKind
    part: float
    """Of the target's working time: 0.75 is three quarters."""

    @property
    def name(self) -> str:
        return f"{self.clock}_{self.kind}"


CLOCKS: tuple[ClockName, ...] = ("response", "resolution")
PARTS: Mapping[StepKind, float] = {"warned": 0.75, "breached": 1.0, "leader": 1.0, "commune": 1.0, "province": 1.5}
"""When each step is done, as a part of the target, where a policy says nothing else. In the order of one moment."""
STEP_BY_NAME: Mapping[str, tuple[ClockName, StepKind]] = {
    f"{clock}_{kind}": (clock, kind) for clock in CLOCKS for kind in PARTS
}
"""Clock and kind of each step."""


def target_s(promised: Promised, clock: ClockName) -> float:
    return promised.response_s if clock == "response" else promised.resolution_s


def reached_at(
    promised: Promised, clock: ClockName, submitted_at: datetime, pauses: Sequence[Span], part: float = 1.0
) -> datetime | None:
    """When a part of the target has passed; None while a pause without an end keeps it from passing."""
    return due(promised.calendar, submitted_at, part * target_s(promised, clock), pauses)


def next_step(
    promised: Promised, clock: ClockName, submitted_at: datetime, pauses: Sequence[Span], done: Sequence[str] | set[str]
) -> tuple[Step, datetime] | None:
    """The first step of a running clock that was not done yet, and its time."""
    for step in steps_of(promised, clock):
        if step.name not in done:
            at = reached_at(promised, clock, submitted_at, pauses, step.part)
            return (step, at) if at else None
    return None


def steps_of(promised: Promised, clock: ClockName) -> Sequence[Step]:
    """The clock's steps in order of time."""
    return _steps(clock, tuple(sorted(promised.steps.items())))


@lru_cache(maxsize=256)
def _steps(clock: ClockName, said: tuple[tuple[str, float], ...]) -> Sequence[Step]:
    parts = dict(said)
    steps = [Step(clock, kind, part if kind == "breached" else parts.get(kind, part)) for kind, part in PARTS.items()]
    return sorted(steps, key=lambda step: step.part)


def paused_s(promised: Promised, pauses: Sequence[Span], submitted_at: datetime, now: datetime) -> float:
    """Working seconds that did not count."""
    return max(
        0.0, elapsed(promised.calendar, submitted_at, now) - elapsed(promised.calendar, submitted_at, now, pauses)
    )


def breached_at(due_at: datetime, met_at: datetime | None, now: datetime) -> datetime | None:
    """When the target was missed: its due time, once that has passed without the clock being met."""
    return due_at if (met_at or now) > due_at else None


def review_at(promised: Promised, now: datetime) -> datetime:
    """When a ticket that no clock watches any more is put before its supervisor again."""
    return add_working(promised.calendar, now, REVIEW_S)
