"""An operator corrected a request: the ticket learns it, and looks for a team again where the place or duty changed."""

from dataclasses import replace
from datetime import datetime

from services.assign.policies.choosing import promised_by
from services.assign.sla.promised import Promised
from services.assign.tickets import store
from services.assign.tickets.actions.ground import withdraw
from services.assign.tickets.lifecycle import ENDED, SEEKING, Status
from services.assign.tickets.opening import Known, NotYet, known_for, route, whereabouts, write
from services.assign.tickets.tables import Ticket, TicketRequest
from services.assign.tickets.work import Work
from shared.clock import local
from shared.events import requests, tickets
from shared.store import Unit


async def correct(unit: Unit, corrected: requests.Corrected, now: datetime) -> None:
    """Take in the newest facts; older revisions change nothing. NotYet where the request itself has not arrived."""
    request = await store.request_by_id(unit, corrected.request_id)
    ticket = await store.take(unit, corrected.code)
    if request is None or ticket is None:
        raise NotYet(f"request of ticket {corrected.code} is not known yet")
    if corrected.revision <= request.revision:
        return
    await _keep(unit, request, corrected)
    if ticket.requests[0] != request.id:
        return
    before, unit_path = _where(ticket), ticket.unit_path
    known = await known_for(unit, corrected.facts)
    for name, value in whereabouts(corrected.facts, known).items():
        setattr(ticket, name, value)
    if ticket.category != corrected.facts.category:
        await _take_the_lane(unit, ticket, corrected.facts.category, known)
    ticket.category, ticket.language = corrected.facts.category, corrected.facts.language
    if ticket.unit_path != unit_path:  # those who watch over it now have heard nothing yet
        ticket.marks = {name: at for name, at in ticket.marks.items() if not name.endswith(("_commune", "_province"))}
    work = Work(unit, ticket, tickets.Actor(kind="operator", id=corrected.by), now)
    if ticket.status in ENDED:  # told to nobody, and known where it is opened again
        work.record(tickets.Corrected.type)
        await work.save()
        return
    work.tell(tickets.Corrected)
    if _where(ticket) != before and ticket.status in SEEKING:
        await _route_again(work)
    await work.save()


async def _take_the_lane(unit: Unit, ticket: Ticket, category: str, known: Known) -> None:
    """How teams are found and asked is the new category's; the targets stay as they were promised."""
    day = local(ticket.submitted_at).date()
    policy, kept = known.policies.nearest(category, ticket.unit_path, day), Promised.from_dict(ticket.policy)
    ticket.urgent = ticket.urgent or policy.urgent
    now = promised_by(policy, kept.calendar_plain, kept.response_s, kept.resolution_s, ticket.urgent)
    ticket.policy = replace(now, steps=kept.steps).to_dict()
    await store.save_policy(unit, ticket)


async def _route_again(work: Work) -> None:
    told = await withdraw(work)
    work.ticket.status, work.ticket.left_out = Status.NEW, []  # what was declined was written down wrongly
    placed = await route(work)
    asked = {offer.team for offer in placed.offers}
    if others := [team for team in told if team not in asked]:
        work.tell(tickets.Taken, told=others, why="reassigned")
    await write(work, placed)


async def _keep(unit: Unit, request: TicketRequest, corrected: requests.Corrected) -> None:
    facts = corrected.facts
    request.phone, request.requester_name, request.description = facts.phone, facts.requester_name, facts.description
    request.language, request.revision = facts.language, corrected.revision
    await store.save_request(unit, request)


def _where(ticket: Ticket) -> tuple[object, ...]:
    return ticket.category, ticket.language, ticket.near, ticket.village_id, ticket.lat, ticket.lon
