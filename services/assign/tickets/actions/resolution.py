"""Done, says the member; closed, says the resident or three days of silence; not yet, says the resident."""

from typing import Literal

from pydantic import Field

from services.assign.offers import store as offers
from services.assign.sla.clocks import OBJECTION
from services.assign.tickets.actions.ground import (
    Asker,
    Body,
    NotPossible,
    end_pause,
    meet_resolution,
    move_due_times,
    pause,
    release,
)
from services.assign.tickets.holding import let_go, team_to_go_on
from services.assign.tickets.lifecycle import Status
from services.assign.tickets.opening import route, write
from services.assign.tickets.work import Work
from shared.events import tickets
from shared.web.values import CleanText, FilledText


class Resolution(Body):
    """What came of it."""

    outcome: Literal["solved", "advised", "referred", "not_reachable", "not_needed"]
    note: CleanText | None = Field(default=None, max_length=2000)


class Closure(Body):
    """Why, where somebody says it."""

    reason: CleanText | None = Field(default=None, max_length=500)


class Reopening(Body):
    """What is not done yet."""

    reason: FilledText = Field(max_length=500)


class Rating(Body):
    """One to five stars, and a word to it."""

    stars: int = Field(ge=1, le=5)
    comment: CleanText | None = Field(default=None, max_length=500)


async def resolve(work: Work, _: Asker, body: Resolution) -> None:
    ticket = work.ticket
    if ticket.status == Status.WAITING:
        end_pause(ticket, work.now)
    ticket.status, ticket.outcome, ticket.resolved_at = Status.RESOLVED, body.outcome, work.now
    meet_resolution(ticket, work.happened_at)
    await release(work, ticket.team)
    work.tell(tickets.Resolved, note=body.note, outcome=body.outcome, closes_at=work.now + OBJECTION)


async def close(work: Work, _: Asker | None = None, body: Closure | None = None) -> None:
    work.ticket.status, work.ticket.ended_at = Status.CLOSED, work.now
    work.tell(tickets.Closed, note=(body.reason or None) if body else None)


async def reopen(work: Work, _: Asker, body: Reopening) -> None:
    """Back to its member, or before the nearest teams; the span in which it was thought done does not count."""
    ticket = work.ticket
    resolved_at = ticket.resolved_at
    if resolved_at is None or work.happened_at > resolved_at + OBJECTION:
        raise NotPossible
    pause(ticket, resolved_at, work.now)
    ticket.status, ticket.resolved_at, ticket.outcome = Status.REOPENED, None, None
    ticket.resolution_met_at = None
    ticket.reopened += 1
    move_due_times(ticket)
    await take_up_again(work, body.reason)


async def take_up_again(work: Work, note: str | None = None) -> None:
    """Its team has it again; where nobody is left there, it is put before others."""
    if team := await team_to_go_on(work):
        await offers.count(work.unit, [team], accepted=1)
        work.tell(tickets.Reopened, note=note)
        return
    let_go(work.ticket)
    work.tell(tickets.Reopened, note=note)
    await write(work, await route(work))


async def rate(work: Work, _: Asker, body: Rating) -> None:
    if work.ticket.stars is not None:
        raise NotPossible
    work.ticket.stars, work.ticket.comment = body.stars, body.comment
    work.tell(tickets.Rated, note=body.comment, stars=body.stars)
