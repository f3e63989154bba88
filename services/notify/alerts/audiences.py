"""Who is concerned by what happened: pure readings of an event."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.notify.alerts.alert import Audience
from shared.events import requests, tickets
from shared.events.tickets import OfferFacts


@dataclass(frozen=True, slots=True)
class Recipient:
    """An audience, and the offer that concerns it, where it is one of several."""

    audience: Audience
    team: str | None = None
    offer: OfferFacts | None = None


def submitter(event: requests.Submitted | requests.Corrected) -> Sequence[Recipient]:
    """The resident who sent this very request (corrected: only where it goes by another number now)."""
    return [Recipient(Audience(kind="request", key=str(event.request_id)))]


def residents(event: tickets.TicketEvent) -> Sequence[Recipient]:
    """Everybody whose request the ticket is."""
    return [Recipient(Audience(kind="resident", key=event.code), event.team)]


def residents_unless_own_doing(event: tickets.TicketEvent) -> Sequence[Recipient]:
    """Nobody needs to be told what he did himself."""
    return [] if event.actor.kind == "resident" else residents(event)


def offered_people(event: tickets.Offered | tickets.Widened) -> Sequence[Recipient]:
    """Of each team asked: its leader, and one member with the skill."""
    return [
        Recipient(Audience(kind=kind, key=offer.team), offer.team, offer)
        for offer in event.offers
        for kind in ("leader", "helper")
    ]


def rest_of_the_teams(event: tickets.Offered | tickets.Widened) -> Sequence[Recipient]:
    """Of each team asked: who else is told, at once or after a while of silence."""
    return [Recipient(Audience(kind="rest", key=offer.team), offer.team, offer) for offer in event.offers]


def holding_member(event: tickets.TicketEvent) -> Sequence[Recipient]:
    """The member who has it."""
    return [Recipient(Audience(kind="person", key=event.member), event.team)] if event.member else []


def told(event: tickets.Unrouted | tickets.Escalated) -> Sequence[Recipient]:
    """The people whom assign names."""
    return [Recipient(Audience(kind="person", key=person)) for person in event.told]


def whom_the_clock_hurries(event: tickets.Warned) -> Sequence[Recipient]:
    """Not answered yet: the leaders who were asked. Not done yet: the member who has it."""
    if event.clock == "resolution":
        return holding_member(event)
    return [Recipient(Audience(kind="asked", key=event.code))]


def teams_no_more_asked(event: tickets.Taken) -> Sequence[Recipient]:
    """Those who were told of an offer that ended."""
    return [Recipient(Audience(kind="alerted", key=team), team) for team in event.told]


def team_relieved(event: tickets.Reassigned) -> Sequence[Recipient]:
    """Those of the team from which it was taken."""
    return [Recipient(Audience(kind="alerted", key=event.from_team), event.from_team)] if event.from_team else []
