"""Tickets whose next action fails: put off again and again, so they are never long overdue; the auditor names them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.clock import Clock
from shared.telemetry import Counter

FRESH = timedelta(minutes=3)
"""A failure that was not seen again for so long is over, or another process has the ticket now."""
FAILED = Counter("caunoi_due_failed_total", "Due actions that failed and were put off by a minute")


@dataclass(frozen=True, slots=True)
class Failure:
    """Real times, UTC."""

    since: datetime
    last: datetime
    error: str


class Failing:
    """What has failed in this process and was not done since."""

    def __init__(self) -> None:
        self._of: dict[str, Failure] = {}

    def note(self, code: str, error: Exception) -> None:
        FAILED.inc()
        now, before = Clock.wall(), self._of.get(code)
        self._of[code] = Failure(before.since if before else now, now, type(error).__name__)

    def forget(self, code: str) -> None:
        self._of.pop(code, None)

    def now(self) -> dict[str, Failure]:
        """Failures by the ticket's code, the oldest first."""
        fresh = Clock.wall() - FRESH
        self._of = {code: failure for code, failure in self._of.items() if failure.last > fresh}
        return self._of
