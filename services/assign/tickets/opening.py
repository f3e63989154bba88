"""A ticket is made of a request and put before the nearest teams."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from services.assign.counting.keeping import keep
from services.assign.escalation.told import supervisors_of
from services.assign.offers import store as offers
from services.assign.offers.nearest import Need, Penalties
from services.assign.offers.placing import Placed, place
from services.assign.offers.store import Spot
from services.assign.places import store as places
from services.assign.places.outlines import commune_of_pin
from services.assign.places.tables import AdministrativeUnit, Village
from services.assign.policies.choosing import Policies, promised_by
from services.assign.policies.store import policies_of
from services.assign.sla.promised import Promised
from services.assign.tickets import store
from services.assign.tickets.lifecycle import Status
from services.assign.tickets.tables import Ticket
from services.assign.tickets.work import SYSTEM, Work
from shared.clock import local
from shared.events import requests, tickets
from shared.events.envelope import Received
from shared.store import Unit

LOOKED_AGAIN = "looked_again"
LOOKS_AGAIN = timedelta(minutes=5)
EXHAUSTED = "asked_all"
"""The mark of a ticket that was put before all within reach."""


@dataclass(frozen=True, slots=True)
class Known:
    """What must be known of places to open a batch of tickets."""

    units: dict[str, AdministrativeUnit]
    by_code: dict[str, AdministrativeUnit]
    villages: dict[str, Village]
    policies: Policies


class NotYet(Exception):
    """Something this event speaks of has not arrived yet: it is tried again."""


async def open_tickets(unit: Unit, submitted: Sequence[Received[requests.Submitted]], now: datetime) -> None:
    """New tickets of a batch of requests: each is placed in turn, all rows are written at once."""
    known = await _known(unit, [received.data.facts for received in submitted])
    opened = [(await _open(unit, received.data, known, now), received.data) for received in submitted]
    await keep(unit, [(work.ticket, work.changes) for (work, _), _ in opened])
    await store.add(unit, [work.ticket for (work, _), _ in opened])
    await store.add_requests(unit, [request_row(request) for _, request in opened])
    await store.add_changes(unit, [change for (work, _), _ in opened for change in work.changes])
    await offers.add_offers(unit, [row for (_, placed), _ in opened for row in placed.offer_rows])
    await offers.add_considerations(unit, [placed.consideration for (_, placed), _ in opened])
    await offers.add_demand(unit, [row for (_, placed), _ in opened for row in placed.demand_rows])


async def route(work: Work) -> Placed:
    """Put a ticket before the nearest teams, or say that nobody can be asked. The caller writes `Placed`."""
    ticket = work.ticket
    begin_round(ticket)
    promised = Promised.from_dict(ticket.policy)
    need = need_of(ticket)
    placed = await place(work.unit, ticket.code, spot_of(ticket), need, promised, promised.first_teams, work.now)
    if placed.offers:
        _offered(work, placed)
    else:
        await unrouted(work, placed.reason or "no_team_near")
    return placed


def begin_round(ticket: Ticket) -> None:
    """Who was asked before does not count: when all are asked again, their supervisor hears of it again."""
    ticket.marks = {name: at for name, at in ticket.marks.items() if name not in (EXHAUSTED, LOOKED_AGAIN)}


def seek(ticket: Ticket, now: datetime) -> None:
    """It is looked at again when a place frees; and once in a while by itself, for one may free unseen just now."""
    is_first = LOOKED_AGAIN not in ticket.marks
    ticket.seeking, ticket.widen_at = True, now + LOOKS_AGAIN if is_first else None
    if is_first:
        ticket.marks = ticket.marks | {LOOKED_AGAIN: now.isoformat()}


async def unrouted(work: Work, reason: str) -> None:
    """Nobody can be asked: the supervisor has it, and the resident is told the truth."""
    ticket = work.ticket
    ticket.status, ticket.unrouted_reason = Status.UNROUTED, reason
    seek(ticket, work.now)
    told = await supervisors_of(work.unit.connection, ticket.unit_path, "commune")
    work.tell(tickets.Unrouted, reason=reason, told=told)


async def write(work: Work, placed: Placed) -> None:
    """The rows of one placing."""
    await offers.add_offers(work.unit, placed.offer_rows)
    await offers.add_considerations(work.unit, [placed.consideration])
    await offers.add_demand(work.unit, placed.demand_rows)


def spot_of(ticket: Ticket) -> Spot:
    return Spot(ticket.lat, ticket.lon, ticket.near, ticket.village_id)


def need_of(ticket: Ticket, asked: frozenset[str] = frozenset(), unreached: frozenset[str] = frozenset()) -> Need:
    """What is looked for, by the policy that the ticket was promised by."""
    promised = Promised.from_dict(ticket.policy)
    by = Penalties(promised.no_skill_m, promised.no_language_m, promised.open_offer_m, promised.accepted_m)
    held = promised.most_held
    left_out = frozenset(ticket.left_out)
    return Need(ticket.category, ticket.language, promised.reach_m, asked, left_out, by, held, ticket.code, unreached)


def request_row(request: requests.Submitted) -> dict[str, Any]:
    facts = request.facts
    return {
        "id": request.request_id,
        "code": request.code,
        "phone": facts.phone,
        "requester_name": facts.requester_name,
        "description": facts.description,
        "channel": request.channel,
        "language": facts.language,
        "submitted_at": request.submitted_at,
        "revision": 0,
    }


async def known_for(unit: Unit, facts: requests.RequestFacts) -> Known:
    """What must be known of places for one request."""
    return await _known(unit, [facts])


def whereabouts(facts: requests.RequestFacts, known: Known) -> dict[str, Any]:
    """Where the help is needed. A village routes where it is named; else the pin, also one in another commune."""
    commune = known.units[facts.commune]
    village = known.villages.get(facts.village_id or "")
    lat = facts.lat if facts.lat is not None else commune.lat or 0.0
    lon = facts.lon if facts.lon is not None else commune.lon or 0.0
    return {
        "province": commune.province,
        "commune": commune.key,
        "commune_code": commune.code,
        "commune_name": commune.full_name,
        "village_id": village.id if village else None,
        "village_name": village.name if village else None,
        "former_commune": village.former_commune if village else None,
        "unit_path": commune.path,
        "lat": lat,
        "lon": lon,
        "near": commune.key if village or facts.lat is None else _around(lat, lon, commune, known),
    }


def _around(lat: float, lon: float, named: AdministrativeUnit, known: Known) -> str:
    """Key of the commune a pin lies in."""
    found = known.by_code.get(commune_of_pin(lat, lon, named.code))
    return found.key if found else named.key


def _offered(work: Work, placed: Placed) -> None:
    ticket = work.ticket
    ticket.status, ticket.unrouted_reason = Status.OFFERED, None
    ticket.seeking, ticket.widen_at = False, placed.widen_at
    work.tell(tickets.Offered, offers=list(placed.offers))


async def _open(unit: Unit, request: requests.Submitted, known: Known, now: datetime) -> tuple[Work, Placed]:
    ticket = _ticket(request, known)
    work = Work(unit, ticket, _actor(request), request.submitted_at)
    work.record("requests.submitted")
    work.actor, work.now = SYSTEM, now
    placed = await route(work)
    work.settle()
    return work, placed


def _actor(request: requests.Submitted) -> tickets.Actor:
    return tickets.Actor(kind="operator" if request.channel == "hotline" else "resident")


def _ticket(request: requests.Submitted, known: Known) -> Ticket:
    facts = request.facts
    return store.TICKETS.record(
        code=request.code,
        version=0,
        status=Status.NEW,
        category=facts.category,
        urgent=request.promise.urgent,
        channel=request.channel,
        language=facts.language,
        requests=[request.request_id],
        submitted_at=request.submitted_at,
        policy=_promised(request, known).to_dict(),
        response_due=request.promise.response_due,
        resolution_due=request.promise.resolution_due,
        **whereabouts(facts, known),
    )


def _promised(request: requests.Submitted, known: Known) -> Promised:
    """The targets as intake promised them; how it is routed as the policy of that day says."""
    policy = known.policies.nearest(
        request.facts.category, known.units[request.facts.commune].path, local(request.submitted_at).date()
    )
    promise = request.promise
    return promised_by(policy, promise.calendar, promise.response_s, promise.resolution_s, promise.urgent)


async def _known(unit: Unit, facts: Sequence[requests.RequestFacts]) -> Known:
    units = await places.units_by_key(unit.connection, {fact.commune for fact in facts})
    pinned = {
        commune_of_pin(fact.lat, fact.lon, fact.commune.partition("@")[0])
        for fact in facts
        if fact.lat is not None and fact.lon is not None and not fact.village_id
    }
    by_code = await places.units_by_code(unit.connection, pinned) if pinned else {}
    villages = await places.villages_by_id(unit.connection, {fact.village_id for fact in facts if fact.village_id})
    if missing := {fact.commune for fact in facts} - set(units):
        raise NotYet(f"unit {min(missing)} is not known yet")
    codes = {code for found in units.values() for code in found.path}
    return Known(units, by_code, villages, await policies_of(unit.connection, {fact.category for fact in facts}, codes))
