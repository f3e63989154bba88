"""Proves every minute that no open ticket is forgotten: each has a next action, and none is long overdue."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog

from services.assign.escalation import store
from services.assign.escalation.failing import Failure, failures
from services.assign.escalation.store import Found
from shared.clock import Clock
from shared.codes import spoken
from shared.store import Store
from shared.telemetry import Gauge

log = structlog.get_logger()
EVERY = timedelta(minutes=1)
LATE = timedelta(minutes=5)
SILENT = timedelta(minutes=3)
FORGOTTEN = Gauge("caunoi_tickets_forgotten", "Open tickets without a next action, or with one long overdue")
OPEN = Gauge("caunoi_tickets_open", "Tickets that have not ended")
OVERDUE = Gauge("caunoi_due_backlog", "Actions whose time has come and which are not done yet")
LAST_SEEN = Gauge("caunoi_auditor_last_seen", "When the auditor looked last, Unix time in seconds")


def never() -> datetime | None:
    return None


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found, `at` by the installation's clock, `checked_at` in real time, UTC."""

    at: datetime
    checked_at: datetime
    found: Found
    failing: Mapping[str, Failure]
    """By the ticket's code: what fails in any process; the first `store.MOST`."""


class Auditor:
    """Its last finding is kept for `caunoi doctor` and for anyone on duty; its own heartbeat is the finding's time.

    `due_ran` says when the cycle that does what is due ran last (real time).
    """

    def __init__(
        self,
        own: Store,
        clock: Clock,
        due_ran: Callable[[], datetime | None] = never,
    ) -> None:
        self._store = own
        self._clock = clock
        self.due_ran = due_ran
        self.finding: Finding | None = None
        self.begun_at = Clock.wall()

    async def work(self) -> datetime | None:
        """Look once; when to look again."""
        now = self._clock.now()
        async with self._store.read() as connection:
            found = await store.look(connection, now, late_before=now - LATE)
            failing = await failures(connection, store.MOST)
        self.finding = Finding(now, Clock.wall(), found, failing)
        OPEN.set(found.open)
        OVERDUE.set(found.overdue)
        FORGOTTEN.set(found.without + len(found.late))
        LAST_SEEN.set(self.finding.checked_at.timestamp())
        if codes := self._forgotten(found):
            log.error("auditor.forgotten", tickets=codes)
        return None

    def is_silent(self) -> bool:
        """Whether it should have looked again long ago."""
        return self.finding is None or Clock.wall() - self.finding.checked_at > SILENT

    def due_is_silent(self) -> bool:
        """Whether the cycle that does what is due has not run for long, or never since the start."""
        return Clock.wall() - (self.due_ran() or self.begun_at) > SILENT

    def report(self) -> dict[str, Any]:
        """For programs: a sentence for each problem, its own silence among them, and what there is to know besides."""
        problems = list(self._problems())
        if self.finding is None:
            return {"problems": problems, "said": []}
        found, ran = self.finding.found, self.due_ran()
        return {
            "problems": problems,
            "said": list(self._said(self.finding)),
            "at": self.finding.at,
            "checked_at": self.finding.checked_at,
            "due_ran_at": ran,
            "open": found.open,
            "without": found.without,
            "overdue": found.overdue,
            "oldest_overdue_at": found.late[0].at if found.late else None,
            "coming": found.coming,
            "forgotten": self._forgotten(found),
        }

    def _problems(self) -> Iterator[str]:
        if self.finding is None:
            yield "The auditor has not looked yet."
            return
        if self.is_silent():
            yield f"The auditor has been silent since {self.finding.checked_at:%H:%M} UTC."
        if self.due_is_silent():
            ran = self.due_ran() or self.begun_at
            yield f"What is due has not been done since {ran:%H:%M} UTC: its cycle stands still."
        found = self.finding.found
        for one in found.named:
            yield f"Ticket {spoken(one.code)} is open, and nothing is planned for it."
        if found.late:
            oldest, number = found.late[0], len(found.late)
            more = f"{number} tickets" if number < store.MOST else f"{number} tickets or more"
            yield (
                f"{more} wait for what was due over {LATE.seconds // 60} minutes ago. The oldest: "
                f"{spoken(oldest.code)}, {oldest.action} at {oldest.at:%d/%m %H:%M} UTC."
            )
        for code, failure in self.finding.failing.items():
            yield f"Ticket {spoken(code)}: what is next fails since {failure.since:%H:%M} UTC ({failure.error})."

    def _said(self, finding: Finding) -> Iterator[str]:
        found, ago = finding.found, (Clock.wall() - finding.checked_at).total_seconds()
        all_planned = "each with a next action" if not found.without else f"{found.without} without a next action"
        yield f"It looked {ago:.0f} s ago: {found.open:,} open tickets, {all_planned}; {found.overdue:,} due now."
        kinds = ", ".join(f"{number:,} {kind}" for kind, number in found.coming.items())
        yield f"In the next hour: {kinds or 'nothing'}."

    def _forgotten(self, found: Found) -> list[str]:
        return [one.code for one in (*found.named, *found.late)]
