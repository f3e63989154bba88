"""What a resident may do to a ticket, in which state, as buttons of the page. Assign has the last word."""

from datetime import datetime, timedelta

from services.intake.tracking.store import Tracked

OBJECTION = timedelta(hours=72)
"""So long may a resident say "not done" after `resolved`."""
CANCELLABLE = frozenset({"new", "offered", "unrouted", "accepted", "in_progress", "waiting", "handed_over", "reopened"})
RATABLE = frozenset({"resolved", "closed"})
ACTIONS = ("cancellation", "reopening", "closure", "rating", "words")
"""Everything a page may send; `words` is a further request that joins the ticket."""


def possible(tracked: Tracked, status: str, now: datetime) -> frozenset[str]:
    """The actions worth a button now."""
    found: set[str] = set()
    if status in CANCELLABLE:
        found |= {"cancellation", "words"}
    if status == "resolved":
        found.add("closure")
        if now < resolved_at(tracked) + OBJECTION:
            found.add("reopening")
    if status in RATABLE and not is_rated(tracked):
        found.add("rating")
    return frozenset(found)


def is_rated(tracked: Tracked) -> bool:
    """Stars are given once."""
    return any(entry.event == "rated" for entry in tracked.timeline)


def resolved_at(tracked: Tracked) -> datetime:
    """When it was last said to be done; the last change where that is not known."""
    times = [entry.at for entry in tracked.timeline if entry.event == "resolved"]
    return max(times, default=tracked.status.changed_at if tracked.status else tracked.request.submitted_at)
