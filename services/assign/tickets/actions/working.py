"""Start, wait, go on: what the owner does while the ticket is in hand."""

from datetime import timedelta

from pydantic import AwareDatetime, Field

from services.assign.sla.clocks import LONGEST_WAIT
from services.assign.tickets.actions.ground import Asker, Body, WrongValue, end_pause, pause
from services.assign.tickets.lifecycle import Status
from services.assign.tickets.work import Work
from shared.events import tickets
from shared.web.values import FilledText

FARTHEST_APPOINTMENT = timedelta(days=60)
"""What is put off for longer, or to a mistyped year, would be forgotten."""


class Waiting(Body):
    """Until when (an appointment), and for what."""

    until: AwareDatetime | None = None
    reason: FilledText = Field(max_length=500)


async def start(work: Work, _: Asker, __: Body) -> None:
    work.ticket.status = Status.IN_PROGRESS
    work.tell(tickets.Started)


async def wait(work: Work, _: Asker, body: Waiting) -> None:
    """The clocks pause until the appointment, or until the owner goes on."""
    if body.until and body.until <= work.now:
        raise WrongValue("until", "tickets.until_is_past")
    if body.until and body.until > work.now + FARTHEST_APPOINTMENT:
        raise WrongValue("until", "tickets.until_is_far")
    work.ticket.status = Status.WAITING
    work.ticket.waiting_until = body.until or work.now + LONGEST_WAIT
    pause(work.ticket, work.now, None)
    work.tell(tickets.Waiting, note=body.reason, until=body.until)


async def resume(work: Work, _: Asker | None = None, __: Body | None = None) -> None:
    work.ticket.status = Status.IN_PROGRESS
    end_pause(work.ticket, work.now)
    work.tell(tickets.Resumed)
