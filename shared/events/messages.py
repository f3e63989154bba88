"""Published by notify: what became of messages."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from shared.events.envelope import Event


class MessageEvent(Event):
    """What every event of a message says. Ids only."""

    stream: ClassVar[str] = "messages"

    message_id: UUID
    at: datetime
    alert: str
    channel: str
    codes: list[str] = Field(default_factory=list)
    """Tickets it speaks of."""
    person: str | None = None
    team: str | None = None


class Sent(MessageEvent):
    """A channel took it."""

    type: ClassVar[str] = "messages.sent"


class Delivered(MessageEvent):
    """The phone has it."""

    type: ClassVar[str] = "messages.delivered"


class Failed(MessageEvent):
    """It will not arrive."""

    type: ClassVar[str] = "messages.failed"
    reason: str
    address_is_bad: bool = False
    """The number itself is wrong or closed: assign counts the member as unreachable."""
    offer_id: UUID | None = None
    """The offer of which it told."""
    nobody_reached: bool = False
    """Every message of this alert to this team failed: assign widens the offer at once."""
