"""The first team to accept has it; the others are told."""

import secrets

from services.assign.offers import store as offers
from services.assign.tickets.actions.ground import Asker, Body, NotPossible, meet_response, open_offers
from services.assign.tickets.lifecycle import Status
from services.assign.tickets.work import Work
from shared.events import tickets


async def accept(work: Work, asker: Asker, _: Body) -> None:
    """Take the ticket for a member of a team that holds an open offer."""
    offer = next((offer for offer in await open_offers(work) if offer.team == asker.team), None)
    if offer is None:
        raise NotPossible
    others = await offers.take(work.unit, work.ticket.code, offer.team, work.now)
    await offers.look_again(work.unit, others, work.now)
    ticket = work.ticket
    ticket.status = Status.ACCEPTED
    ticket.team, ticket.team_name, ticket.member = offer.team, offer.team_name, asker.member
    ticket.word = str(10 + secrets.randbelow(90))
    ticket.accepted_at = work.now
    ticket.widen_at, ticket.seeking = None, False
    meet_response(ticket, work.happened_at)
    work.tell(tickets.Accepted, word=ticket.word)
    if others:
        work.tell(tickets.Taken, told=others)
