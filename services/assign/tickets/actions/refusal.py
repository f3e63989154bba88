"""A team does not take it: the next is asked; nobody is blamed."""

from typing import Literal

from pydantic import Field

from services.assign.offers import store as offers
from services.assign.tickets.actions.asking import ask_next
from services.assign.tickets.actions.ground import Asker, Body, NotPossible, end_pause, leave_out, open_offers, release
from services.assign.tickets.holding import let_go
from services.assign.tickets.lifecycle import Status
from services.assign.tickets.opening import route, write
from services.assign.tickets.work import Work
from shared.events import tickets
from shared.web.values import CleanText


class Refusal(Body):
    """Why, and what the team wants to say to it."""

    reason: Literal["busy", "not_our_village", "no_skill", "other"] = "other"
    note: CleanText | None = Field(default=None, max_length=500)


async def refuse(work: Work, asker: Asker, body: Refusal) -> None:
    """Decline an open offer, or give a reopened ticket back."""
    if work.ticket.status == Status.REOPENED:
        await _give_back(work, asker, body)
    else:
        await _decline(work, asker, body)


async def _decline(work: Work, asker: Asker, body: Refusal) -> None:
    if asker.team not in {offer.team for offer in await open_offers(work)}:
        raise NotPossible
    team = await offers.end_offers(
        work.unit, work.ticket.code, "declined", work.now, only=asker.team, reason=body.reason
    )
    await offers.count(work.unit, team, offers=-1)
    await offers.look_again(work.unit, team, work.now)
    leave_out(work.ticket, asker.team)
    work.tell(tickets.Declined, note=body.note, declined_by=asker.team, reason=body.reason)
    await ask_next(work, "declined")


async def _give_back(work: Work, asker: Asker, body: Refusal) -> None:
    team = work.ticket.team
    if team is None or asker.team != team:
        raise NotPossible
    await release(work, team)
    leave_out(work.ticket, team)
    let_go(work.ticket)
    work.tell(tickets.Declined, note=body.note, declined_by=team, reason=body.reason)
    end_pause(work.ticket, work.now)
    await write(work, await route(work))
