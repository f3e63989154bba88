"""Published by notify. What a person sent back; holds personal data."""

from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID

from shared.events.envelope import Event

Command = Literal["accept", "decline", "resolve", "reopen", "rate", "stop", "note"]


class Received(Event):
    """A reply that asks for something, already understood. assign applies it like a press of a button."""

    type: ClassVar[str] = "replies.received"
    stream: ClassVar[str] = "replies"

    reply_id: UUID
    at: datetime
    phone: str
    person: str | None = None
    """Id of the member or supervisor; None for a resident."""
    command: Command
    code: str | None = None
    text: str = ""
    """The reason or note, word for word."""
    stars: int | None = None


class AskedForHelp(Event):
    """Somebody asked for help by text, and said where.

    intake files it as a request, `requests.submitted` with the channel `sms`, or says why not: `requests.refused`.
    """

    type: ClassVar[str] = "replies.asked_for_help"
    stream: ClassVar[str] = "replies"

    ask_id: UUID
    at: datetime
    phone: str
    language: str = "vi"
    category: str
    """Guessed from the words; `other` where they fit no category."""
    description: str
    """All that was written, word for word."""
    commune: str
    """Unit key."""
    village_id: str | None = None
