"""What all actions stand on: who asks, and the refusals they may meet."""

from dataclasses import dataclass
from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from services.assign.offers import store as offers
from services.assign.offers.tables import Offer
from services.assign.sla.clocks import ClockName, breached_at, reached_at
from services.assign.sla.promised import Promised
from services.assign.tickets.lifecycle import Who
from services.assign.tickets.next_action import pauses_of
from services.assign.tickets.tables import Ticket
from services.assign.tickets.work import Work
from shared.events.tickets import Actor


class NotPossible(Exception):
    """The ticket's state does not allow it now (409)."""


class WrongValue(Exception):
    """A field has a value that cannot be used (422): its name and a key of the words."""

    def __init__(self, field: str, key: str) -> None:
        super().__init__(field, key)
        self.field = field
        self.key = key


class Body(BaseModel):
    """What is sent with an action: a supervisor names the member for whom it is done, a resident shows who they are."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    member: str | None = None
    phone_last4: str | None = Field(default=None, pattern=r"^[0-9]{4}$")


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, in which parts, and the team and member for whom."""

    actor: Actor
    parts: frozenset[Who]
    team: str | None = None
    member: str | None = None


def pause(ticket: Ticket, start: datetime, end: datetime | None) -> None:
    """A span that does not count. The list is a new one: JSON columns are written only when they are assigned."""
    ticket.pauses = [*ticket.pauses, [start.isoformat(), end.isoformat() if end else None]]


def end_pause(ticket: Ticket, now: datetime) -> None:
    """The wait is over, since its appointment if that is past, however late somebody looks.

    The clocks run again, their due times moved by what did not count.
    """
    over = min(now, ticket.waiting_until or now)
    ticket.pauses = [[start, end or over.isoformat()] for start, end in ticket.pauses]
    ticket.waiting_until = None
    move_due_times(ticket)


def move_due_times(ticket: Ticket) -> None:
    """Targets are derived from the promise and the pauses."""
    ticket.response_due = clock_reached_at(ticket, "response") if not ticket.response_met_at else ticket.response_due
    ticket.resolution_due = clock_reached_at(ticket, "resolution")


def meet_response(ticket: Ticket, at: datetime) -> None:
    """The first acceptance meets the response clock."""
    if ticket.response_met_at is None:
        ticket.response_met_at = at
        ticket.response_breached_at = _missed(ticket.response_breached_at, ticket.response_due, at)


def meet_resolution(ticket: Ticket, at: datetime) -> None:
    ticket.resolution_met_at = at
    ticket.resolution_breached_at = _missed(ticket.resolution_breached_at, ticket.resolution_due, at)


def _missed(noted: datetime | None, due: datetime, at: datetime) -> datetime | None:
    """What was noted as missed before we heard that it was met in time was not."""
    return noted if noted and noted < at else breached_at(due, at, at)


def leave_out(ticket: Ticket, team: str | None) -> None:
    """This team is not asked again, unless somebody names it, or the ticket begins anew."""
    if team and team not in ticket.left_out:
        ticket.left_out = [*ticket.left_out, team]


async def release(work: Work, team: str | None) -> None:
    """A team holds the ticket no more: its place is free, and who waits near it is looked at again."""
    if team:
        await offers.count(work.unit, [team], accepted=-1)
        await offers.look_again(work.unit, [team], work.now)


async def withdraw(work: Work) -> list[str]:
    """End the open offers; the codes of the teams that were asked."""
    told = await offers.end_offers(work.unit, work.ticket.code, "withdrawn", work.now)
    await offers.count(work.unit, told, offers=-1)
    await offers.look_again(work.unit, told, work.now)
    return told


async def open_offers(work: Work) -> list[Offer]:
    return [offer for offer in await work.offers() if offer.outcome == "open"]


def clock_reached_at(ticket: Ticket, clock: ClockName, part: float = 1.0) -> datetime:
    """When a part of the target passes; the due time as it stands while a pause has no end."""
    still = ticket.response_due if clock == "response" else ticket.resolution_due
    return reached_at(Promised.from_dict(ticket.policy), clock, ticket.submitted_at, pauses_of(ticket), part) or still
