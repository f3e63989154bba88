"""Published by assign: a ticket's life and its clocks. Ids and public names of places and teams only."""

from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID

from shared.events.envelope import Event, Part

Status = Literal[
    "new",
    "offered",
    "unrouted",
    "accepted",
    "in_progress",
    "waiting",
    "handed_over",
    "resolved",
    "reopened",
    "closed",
    "cancelled",
]
ClockName = Literal["response", "resolution"]
Level = Literal["leader", "commune", "province"]
UnroutedReason = Literal["no_team_near", "no_one_reachable", "all_full", "all_declined"]


class Actor(Part):
    """Who did it: `system` for a timer or a rule."""

    kind: Literal["resident", "member", "supervisor", "operator", "administrator", "system"]
    id: str | None = None


class Place(Part):
    """Where the help is needed. Names are those of the day it was routed."""

    province: str
    commune: str
    """Unit key."""
    commune_code: str
    commune_name: str
    village_id: str | None = None
    village_name: str | None = None
    former_commune: str | None = None


class TicketEvent(Event):
    """What every event of a ticket says."""

    stream: ClassVar[str] = "tickets"

    code: str
    version: int
    """The ticket's version after this change; a status copy ignores what is older than what it has."""
    at: datetime
    actor: Actor
    status: Status
    category: str
    urgent: bool = False
    place: Place
    unit_path: list[str]
    """Unit codes from the province down to the commune."""
    requests: list[UUID]
    """Ids of the requests that are this ticket."""
    response_due: datetime
    resolution_due: datetime
    team: str | None = None
    """Code of the team that holds it."""
    team_name: str | None = None
    member: str | None = None
    """Id of the member who accepted it."""


class OfferFacts(Part):
    """One offer put before one team."""

    offer_id: UUID
    team: str
    team_name: str
    metres: float
    ring_at: datetime
    """When the team may be rung: now, or the morning where it is outside its hours."""


class Offered(TicketEvent):
    """First offers of a ticket. notify tells leader and a member with the skill; intake shows the teams."""

    type: ClassVar[str] = "tickets.offered"
    offers: list[OfferFacts]


class Widened(TicketEvent):
    """The next team is asked as well."""

    type: ClassVar[str] = "tickets.widened"
    offers: list[OfferFacts]
    reason: Literal["silence", "declined", "unreached", "capacity"]


class Accepted(TicketEvent):
    """A member has it. Resident and member get the same two-digit word."""

    type: ClassVar[str] = "tickets.accepted"
    word: str


class Declined(TicketEvent):
    """A team does not take it; the ticket is still offered to others, or widens."""

    type: ClassVar[str] = "tickets.declined"
    declined_by: str
    """Team code."""
    reason: str


class Taken(TicketEvent):
    """Another team has it, or it needs nobody any more: the teams that were asked are told."""

    type: ClassVar[str] = "tickets.taken"
    told: list[str]
    """Codes of the teams whose open offer ended."""
    why: Literal["taken", "cancelled", "reassigned"] = "taken"


class Started(TicketEvent):
    """The member is at work."""

    type: ClassVar[str] = "tickets.started"


class Waiting(TicketEvent):
    """Waits for the resident or an appointment; the clocks pause."""

    type: ClassVar[str] = "tickets.waiting"
    until: datetime | None


class Resumed(TicketEvent):
    """The wait is over; the clocks run again."""

    type: ClassVar[str] = "tickets.resumed"


class HandedOver(TicketEvent):
    """A focal point has it."""

    type: ClassVar[str] = "tickets.handed_over"
    focal_point: str


class Resolved(TicketEvent):
    """The member says it is done; the resident may object for 72 hours."""

    type: ClassVar[str] = "tickets.resolved"
    outcome: Literal["solved", "advised", "referred", "not_reachable", "not_needed"]
    closes_at: datetime


class Closed(TicketEvent):
    """Confirmed, or 72 hours without objection."""

    type: ClassVar[str] = "tickets.closed"


class Reopened(TicketEvent):
    """The resident objects; it goes back to its member, or to routing where there is none."""

    type: ClassVar[str] = "tickets.reopened"


class Rated(TicketEvent):
    """One to five stars."""

    type: ClassVar[str] = "tickets.rated"
    stars: int


class Cancelled(TicketEvent):
    """Nobody needs to come any more."""

    type: ClassVar[str] = "tickets.cancelled"


class Reassigned(TicketEvent):
    """A supervisor put it before another team."""

    type: ClassVar[str] = "tickets.reassigned"
    from_team: str | None
    to_team: str


class Merged(TicketEvent):
    """Its requests are another ticket's now."""

    type: ClassVar[str] = "tickets.merged"
    into: str


class Joined(TicketEvent):
    """Another request of the same person joined the ticket."""

    type: ClassVar[str] = "tickets.joined"
    request_id: UUID


class Corrected(TicketEvent):
    """Its facts were corrected (place, category)."""

    type: ClassVar[str] = "tickets.corrected"


class Repromised(TicketEvent):
    """An open ticket is promised by a changed policy, because a supervisor said so; its new due times stand above."""

    type: ClassVar[str] = "tickets.repromised"
    response_was_due: datetime
    resolution_was_due: datetime


class Escalated(TicketEvent):
    """Told one level up, once a level; `again` where nothing has happened since the last level was told."""

    type: ClassVar[str] = "tickets.escalated"
    level: Level
    what: Literal["response", "resolution", "silence"]
    told: list[str]
    """Ids of the people told."""
    again: bool = False


class Unrouted(TicketEvent):
    """Nobody can be asked; the commune supervisor and the resident are told the truth."""

    type: ClassVar[str] = "tickets.unrouted"
    reason: UnroutedReason
    told: list[str]


class Answered(TicketEvent):
    """The outcome of a person's reply that could not be done (too late, not yours): notify tells that person."""

    type: ClassVar[str] = "tickets.answered"
    reply_id: UUID
    person: str | None
    command: str
    outcome: Literal["taken", "not_possible", "not_yours"]


class Warned(TicketEvent):
    """Three quarters of a clock's working time are gone."""

    type: ClassVar[str] = "clocks.warned"
    clock: ClockName
    due_at: datetime


class Breached(TicketEvent):
    """A clock's target passed."""

    type: ClassVar[str] = "clocks.breached"
    clock: ClockName
    due_at: datetime
