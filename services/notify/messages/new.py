"""A message as it is born."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from services.notify.alerts.alert import Territory
from services.notify.alerts.texts import Manner


@dataclass(frozen=True, slots=True)
class NewMessage:
    """What is to be sent, to whom, when, and until when it is worth sending."""

    alert: str
    phone: str
    text: str
    channels: tuple[str, ...]
    """Ways out, first choice first; the next is tried where one fails for good."""
    created_at: datetime
    not_before: datetime
    expires_at: datetime
    correlation: str
    code: str | None = None
    version: int = 0
    person: str | None = None
    team: str | None = None
    offer_id: UUID | None = None
    territory: Territory = field(default_factory=Territory)
    priority: int = 1
    address: str | None = None
    """Where a chat is answered that is linked to no phone."""
    template: str | None = None
    slots: dict[str, str] = field(default_factory=dict)
    on_phones: Manner | None = None
    """How this person is written to by SMS, so that the text can be written anew on another way."""
    number: int | None = None
    further_codes: tuple[str, ...] = ()
    """More tickets of which it speaks."""
