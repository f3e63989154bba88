"""Published by intake. Holds personal data: a stream of its own, with a short age."""

from datetime import datetime
from typing import Any, ClassVar, Literal
from uuid import UUID

from pydantic import ConfigDict

from shared.events.envelope import Event, Part

Channel = Literal["web", "hotline", "sms", "api"]
Refusal = Literal["unknown_place", "nothing_promised", "unreadable"]


class Promise(Part):
    """What was promised with the request; the ticket keeps it whatever becomes of the policy."""

    response_due: datetime
    resolution_due: datetime
    response_s: float
    """Target in working seconds from submitted to accepted."""
    resolution_s: float
    urgent: bool
    calendar: dict[str, Any]
    """`shared.working_time.Calendar` as a plain dictionary."""


class RequestFacts(Part):
    """What one resident asked, and where."""

    category: str
    description: str
    phone: str
    requester_name: str | None = None
    language: str = "vi"
    commune: str
    """Unit key, `24121@2025-07-01`: codes are reused, so the date belongs to it."""
    village_id: str | None = None
    lat: float | None = None
    lon: float | None = None


class Submitted(Event):
    """A request was accepted (201). intake publishes it; assign routes it, notify learns the resident's number."""

    type: ClassVar[str] = "requests.submitted"
    stream: ClassVar[str] = "requests"

    request_id: UUID
    code: str
    """The ticket's code: its own, or with `add_to` that of the ticket it joins."""
    add_to: bool = False
    submitted_at: datetime
    channel: Channel
    facts: RequestFacts
    promise: Promise


class Refused(Event):
    """What somebody asked by text could not be taken as a request. intake publishes it; notify tells who asked."""

    type: ClassVar[str] = "requests.refused"
    stream: ClassVar[str] = "requests"

    ask_id: UUID
    at: datetime
    reason: Refusal


class Corrected(Event):
    """An operator corrected a filed request. assign looks again where the place or category changed."""

    model_config = ConfigDict(title="RequestCorrected")  # a ticket has a `Corrected` too: AsyncAPI needs two names
    type: ClassVar[str] = "requests.corrected"
    stream: ClassVar[str] = "requests"

    request_id: UUID
    code: str
    corrected_at: datetime
    by: str
    """Id of the operator."""
    revision: int
    """Counts up with each correction of the request; what is older is ignored."""
    facts: RequestFacts
