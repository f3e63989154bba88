"""Another request joins a ticket: sixty callers about one cut fibre are one ticket."""

from datetime import datetime

from services.assign.tickets import store
from services.assign.tickets.actions.ground import move_due_times, pause
from services.assign.tickets.actions.resolution import take_up_again
from services.assign.tickets.lifecycle import ENDED, Status
from services.assign.tickets.opening import NotYet, request_row, route, write
from services.assign.tickets.work import Work
from shared.events import requests, tickets
from shared.store import Unit


async def join(unit: Unit, request: requests.Submitted, now: datetime) -> None:
    """Add a request to its ticket. NotYet where the ticket's own request has not arrived.

    Its sender was told that the ticket has it; so where it was thought done meanwhile it is open again.
    """
    ticket = await store.take(unit, request.code)
    if ticket is None:
        raise NotYet(f"ticket {request.code} is not known yet")
    if request.request_id in ticket.requests:
        return
    ticket.requests = [*ticket.requests, request.request_id]
    await store.add_requests(unit, [request_row(request)])
    work = Work(unit, ticket, tickets.Actor(kind="operator" if request.channel == "hotline" else "resident"), now)
    work.tell(tickets.Joined, request_id=request.request_id)
    if ticket.status == Status.RESOLVED or ticket.status in ENDED:
        await _open_again(work)
    await work.save()


async def _open_again(work: Work) -> None:
    ticket, now = work.ticket, work.now
    done_at = ticket.resolved_at or ticket.ended_at or now
    pause(ticket, done_at, now)
    ticket.resolved_at = ticket.ended_at = ticket.outcome = ticket.resolution_met_at = None
    move_due_times(ticket)
    ticket.reopened += 1
    ticket.left_out = []
    if ticket.team:
        ticket.status = Status.REOPENED
        await take_up_again(work)
    else:
        await write(work, await route(work))
