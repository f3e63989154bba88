"""What a ticket waits for next, and when: the one rule that lets no open ticket be forgotten. Pure."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from services.assign.sla.clocks import OBJECTION, ClockName, next_step, review_at
from services.assign.sla.promised import Promised
from services.assign.tickets.lifecycle import ENDED, SEEKING, Status
from services.assign.tickets.tables import Ticket
from shared.working_time import Span

ASKS = frozenset({"widen", "look_again"})
"""What asks a team; all else changes the ticket alone."""


class NextAction(NamedTuple):
    """`what` is `widen`, `resume`, `close`, `look_again`, `review`, or a clock's step such as `response_breached`."""

    at: datetime
    what: str


def next_action(ticket: Ticket, now: datetime) -> NextAction | None:
    """The earliest thing to come; None only for a ticket that has ended."""
    if ticket.status in ENDED:
        return None
    if ticket.status == Status.RESOLVED and ticket.resolved_at:
        return NextAction(ticket.resolved_at + OBJECTION, "close")
    promised = Promised.from_dict(ticket.policy)
    return min(_coming(ticket, promised), default=None) or NextAction(review_at(promised, now), "review")


def pauses_of(ticket: Ticket) -> list[Span]:
    """The spans that do not count."""
    return [
        Span(datetime.fromisoformat(start), datetime.fromisoformat(end) if end else None)
        for start, end in ticket.pauses
        if start
    ]


def running_clocks(ticket: Ticket) -> tuple[ClockName, ...]:
    """The clocks that are not met and not paused."""
    if ticket.status in (Status.WAITING, Status.RESOLVED) or ticket.status in ENDED:
        return ()
    return ("resolution",) if ticket.response_met_at else ("response", "resolution")


def _coming(ticket: Ticket, promised: Promised) -> Iterable[NextAction]:
    if ticket.status == Status.WAITING and ticket.waiting_until:
        yield NextAction(ticket.waiting_until, "resume")
    if ticket.status in SEEKING and ticket.widen_at:
        yield NextAction(ticket.widen_at, "look_again" if ticket.seeking else "widen")
    for clock in running_clocks(ticket):
        if found := next_step(promised, clock, ticket.submitted_at, pauses_of(ticket), set(ticket.marks)):
            step, at = found
            yield NextAction(at, step.name)
