"""From an event to the alerts it owes: the policy applied, pure."""

from datetime import datetime
from typing import Any

from services.notify.alerts.alert import About, Alert, Territory
from services.notify.alerts.audiences import Recipient
from services.notify.alerts.policy import Line, lines_for
from shared.events import requests, tickets
from shared.events.envelope import Received


def alerts_of(event: Received[Any], territory: Territory | None = None) -> list[Alert]:
    """All that this event owes to anybody. `territory` where the event itself does not say it (requests)."""
    return [
        _alert(line, recipient, event, territory or _territory(event.data))
        for line in lines_for(event.data)
        for recipient in line.to(event.data)
    ]


def _alert(line: Line, recipient: Recipient, event: Received[Any], territory: Territory) -> Alert:
    data, offer = event.data, recipient.offer
    return Alert(
        kind=line.alert,
        text=line.text(data),
        to=recipient.audience,
        code=data.code,
        version=getattr(data, "version", 0),
        at=_when(data),
        about=_about(data, recipient),
        territory=territory,
        team=recipient.team,
        offer_id=offer.offer_id if offer else None,
        not_before=offer.ring_at if offer else None,
        correlation=event.correlation,
    )


def _when(data: requests.Submitted | requests.Corrected | tickets.TicketEvent) -> datetime:
    if isinstance(data, tickets.TicketEvent):
        return data.at
    return data.submitted_at if isinstance(data, requests.Submitted) else data.corrected_at


def _territory(data: tickets.TicketEvent) -> Territory:
    return Territory(province=data.place.province, commune=data.place.commune_code, unit_path=tuple(data.unit_path))


def _about(data: requests.Submitted | requests.Corrected | tickets.TicketEvent, recipient: Recipient) -> About:
    if isinstance(data, requests.Submitted):
        return About(category=data.facts.category, urgent=data.promise.urgent, due=data.promise.response_due)
    if isinstance(data, requests.Corrected):
        return About(category=data.facts.category)
    return _about_ticket(data, recipient)


def _about_ticket(data: Any, recipient: Recipient) -> About:
    """Typed `Any`: much that a text needs is a field of one kind of event only (`word`, `due_at`, `what`)."""
    place = data.place
    return About(
        category=data.category,
        urgent=data.urgent,
        village=place.village_name,
        former_commune=place.former_commune,
        commune=place.commune_name,
        due=_due(data),
        team=data.team,
        team_name=recipient.offer.team_name if recipient.offer else data.team_name,
        member=data.member,
        word=getattr(data, "word", None),
        metres=recipient.offer.metres if recipient.offer else None,
        why=getattr(data, "what", None) or (data.reason if isinstance(data, tickets.Unrouted) else None),
    )


def _due(data: Any) -> datetime:
    """The time that a text speaks of: of the clock that an event is about, else of the answer."""
    if isinstance(data, tickets.Escalated) and data.what == "resolution":
        return data.resolution_due
    return getattr(data, "due_at", None) or getattr(data, "closes_at", None) or data.response_due
