"""Tickets as a member sees them. A resident's number and name are for the member who accepted alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from services.assign.places.tables import AdministrativeUnit
from services.assign.tickets.lifecycle import Status
from services.assign.tickets.tables import Ticket, TicketRequest
from services.assign.tickets.team_page.store import Asked, Voices


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asked for help."""

    phone: str
    name: str | None


@dataclass(frozen=True, slots=True)
class Card:
    """One ticket. `said` are the residents' own words, `more` how many others asked for the same."""

    code: str
    status: str
    category: str
    urgent: bool
    place: str
    language: str
    said: list[str]
    more: int
    response_due: datetime
    resolution_due: datetime


@dataclass(frozen=True, slots=True)
class AskedCard(Card):
    """Waits for the team's answer. `metres` from the team to the place of need."""

    metres: float
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class OwnCard(Card):
    """In the team's hands. `word` and `callers` are there for the member who accepted, and for nobody else."""

    mine: bool
    member: str
    word: str | None
    callers: list[Caller]
    way: str
    """Opens the phone's own map."""
    map: str
    waiting_until: datetime | None
    last_words: str | None


def asked_card(asked: Asked, voices: Voices) -> AskedCard:
    return AskedCard(**_common(asked.ticket, voices), metres=asked.metres, asked_at=asked.at)


def own_card(
    ticket: Ticket,
    voices: Voices,
    me: str,
    names: Mapping[str, str],
    unit: AdministrativeUnit | None,
    last_words: str | None,
) -> OwnCard:
    mine = ticket.member == me
    speaks_of_now = ticket.status in (Status.WAITING, Status.REOPENED)
    return OwnCard(
        **_common(ticket, voices),
        mine=mine,
        member=names.get(ticket.member or "", ""),
        word=ticket.word if mine else None,
        callers=[_caller(request) for request in voices.first] if mine else [],
        way=f"geo:{_point(ticket, unit, '0,0?q=')}",
        map=f"https://www.openstreetmap.org/{_map(ticket, unit)}",
        waiting_until=ticket.waiting_until,
        last_words=last_words if speaks_of_now else None,
    )


def place_of(ticket: Ticket) -> str:
    """Village, what its commune was called before, commune."""
    village = ticket.village_name
    if village and ticket.former_commune:
        village = f"{village} ({ticket.former_commune})"
    return f"{village}, {ticket.commune_name}" if village else ticket.commune_name


def _common(ticket: Ticket, voices: Voices) -> dict[str, Any]:
    return {
        "code": ticket.code,
        "status": ticket.status,
        "category": ticket.category,
        "urgent": ticket.urgent,
        "place": place_of(ticket),
        "language": ticket.language,
        "said": [request.description for request in voices.first],
        "more": voices.more,
        "response_due": ticket.response_due,
        "resolution_due": ticket.resolution_due,
    }


def _caller(request: TicketRequest) -> Caller:
    return Caller(request.phone, request.requester_name)


def _is_pinned(ticket: Ticket, unit: AdministrativeUnit | None) -> bool:
    """Without a pin a ticket stands at its commune's point: nobody is to be sent there."""
    return unit is None or (ticket.lat, ticket.lon) != (unit.lat, unit.lon)


def _point(ticket: Ticket, unit: AdministrativeUnit | None, search: str) -> str:
    """RFC 5870; Android's search where only a name is known."""
    if _is_pinned(ticket, unit):
        return f"{ticket.lat:.6f},{ticket.lon:.6f}"
    return search + quote(place_of(ticket))


def _map(ticket: Ticket, unit: AdministrativeUnit | None) -> str:
    if _is_pinned(ticket, unit):
        return f"?mlat={ticket.lat:.6f}&mlon={ticket.lon:.6f}#map=17/{ticket.lat:.6f}/{ticket.lon:.6f}"
    return f"search?query={quote(place_of(ticket))}"
