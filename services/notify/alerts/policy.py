"""Who gets which alert with which text: the whole policy, a line for each thing that happens.

Read a line as: when `event` happens, `to` get the alert, worded as `text` says (`alerts/texts.toml`).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from services.notify.alerts import audiences
from services.notify.alerts.alert import Kind
from services.notify.alerts.audiences import Recipient
from shared.events import requests, tickets
from shared.events.envelope import Event


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the policy. `to` and `text` read the event."""

    event: type[Event]
    alert: Kind
    to: Callable[[Any], Sequence[Recipient]]
    text: Callable[[Any], str]


def _always(text: str) -> Callable[[Event], str]:
    return lambda _: text


def _submitted(event: requests.Submitted) -> str:
    if event.add_to:
        return "submitted_joined"
    return "submitted_urgent" if event.promise.urgent else "submitted"


def _offered(event: tickets.TicketEvent) -> str:
    return "offered_urgent" if event.urgent else "offered"


def _taken(event: tickets.Taken) -> str:
    return f"taken_{event.why}"


def _unrouted(event: tickets.Unrouted) -> str:
    return "unrouted_nobody_near" if event.reason == "no_team_near" else "unrouted_nobody_free"


def _warned(event: tickets.Warned) -> str:
    return f"warned_{event.clock}"


def _escalated(event: tickets.Escalated) -> str:
    if event.what == "silence":
        return "escalated_silence"
    return f"escalated_leader_{event.what}" if event.level == "leader" else "escalated"


LINES = (
    Line(requests.Submitted, "submitted", audiences.submitter, _submitted),
    Line(requests.Corrected, "submitted", audiences.submitter, _always("submitted_corrected")),
    Line(tickets.Offered, "offered", audiences.offered_people, _offered),
    Line(tickets.Widened, "offered", audiences.offered_people, _offered),
    Line(tickets.Offered, "offered", audiences.rest_of_the_teams, _offered),
    Line(tickets.Widened, "offered", audiences.rest_of_the_teams, _offered),
    Line(tickets.Accepted, "accepted", audiences.holding_member, _always("accepted_member")),
    Line(tickets.Accepted, "accepted", audiences.residents, _always("accepted_resident")),
    Line(tickets.Taken, "taken", audiences.teams_no_more_asked, _taken),
    Line(tickets.Reassigned, "taken", audiences.team_relieved, _always("taken_reassigned")),
    Line(tickets.Cancelled, "taken", audiences.holding_member, _always("taken_cancelled")),
    Line(tickets.Cancelled, "closed", audiences.residents_unless_own_doing, _always("cancelled")),
    Line(tickets.Resolved, "resolved", audiences.residents, _always("resolved")),
    Line(tickets.Closed, "closed", audiences.residents_unless_own_doing, _always("closed")),
    Line(tickets.Reopened, "reopened", audiences.holding_member, _always("reopened_member")),
    Line(tickets.Reopened, "reopened", audiences.residents, _always("reopened_resident")),
    Line(tickets.Unrouted, "unrouted", audiences.told, _always("unrouted_staff")),
    Line(tickets.Unrouted, "unrouted", audiences.residents, _unrouted),
    Line(tickets.Warned, "warned", audiences.whom_the_clock_hurries, _warned),
    Line(tickets.Escalated, "escalated", audiences.told, _escalated),
)
"""What happens in the house, and who is told. Events without a line tell nobody."""

FRESH: dict[Kind, timedelta] = {
    "submitted": timedelta(hours=24),
    "offered": timedelta(hours=12),
    "accepted": timedelta(hours=24),
    "taken": timedelta(hours=12),
    "resolved": timedelta(hours=48),
    "closed": timedelta(hours=48),
    "reopened": timedelta(hours=24),
    "unrouted": timedelta(hours=24),
    "warned": timedelta(hours=6),
    "escalated": timedelta(hours=24),
    "answer": timedelta(hours=6),
}
"""For how long each alert is news: what is older is not sent any more."""


FIRST: frozenset[Kind] = frozenset({"submitted", "offered", "accepted", "answer"})
"""Alerts for which somebody waits: the first that he hears of a ticket, or the answer to what he wrote."""


def priority(kind: Kind, *, urgent: bool) -> int:
    """0 leaves before 1, 1 before 2: what is urgent, then what is first, then the rest."""
    return 0 if urgent else 1 if kind in FIRST else 2


def lines_for(event: Event) -> Iterator[Line]:
    """The lines that an event sets in motion."""
    return (line for line in LINES if line.event is type(event))
