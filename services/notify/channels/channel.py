"""What every channel is: a way out to people's phones. One file each, the same shape, a table of refusals."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, Protocol, runtime_checkable
from uuid import UUID

Past = Literal["sent", "not_sent", "unknown"]
AddressKind = Literal["phone", "email", "zalo", "zalo_bot", "telegram"]
"""What a channel needs to reach somebody. Everything but `phone` is linked to a phone by its owner."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A text to one person. `id` is the same in every try: the other side may know by it what it has already."""

    id: UUID
    phone: str
    """E.164. Empty for somebody who wrote by a chat and is not linked to a phone."""
    address: str
    """Of the channel's own kind; for SMS the phone itself."""
    text: str
    alert: str
    code: str | None
    at: datetime
    template: str | None = None
    """Key of `alerts/texts.toml`, for channels that send registered templates; None for a free answer."""
    slots: Mapping[str, str] = field(default_factory=dict)
    """What stands in the template's slots."""
    number: int | None = None
    """The receiver's own short number of the ticket, where buttons can act on it."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the channel said: taken (`sent`), on the phone (`delivered`), not now (`temporary`), never (`permanent`)."""

    kind: Literal["sent", "delivered", "temporary", "permanent"]
    reason: str | None = None
    address_is_bad: bool = False
    """The address itself is wrong or closed."""
    retry_after: timedelta | None = None
    """How long the other side asks us to wait."""
    provider_id: str | None = None
    """The other side's id of the message, by which its receipts name it."""
    maybe_sent: bool = False
    """It went out and no answer came: it may have arrived. Sent again only once, and marked so."""


SENT = Outcome("sent")
DELIVERED = Outcome("delivered")


class Channel(Protocol):
    """A way out."""

    name: str
    address_kind: AddressKind
    two_way: bool
    """Whether people can answer on it."""
    batch: int
    """How many messages are handed over at once."""
    lease_s: float
    """Longer than the longest `send`: afterwards a sender that says nothing counts as dead."""

    async def send(self, messages: Sequence[Outgoing]) -> Mapping[UUID, Outcome]:
        """Hand over messages. One that is missing in the answer counts as not now."""
        ...

    async def ask(self, messages: Sequence[UUID]) -> Mapping[UUID, Past]:
        """After a crash: what became of messages whose sender died in mid-send."""
        ...


@runtime_checkable
class Chat(Protocol):
    """A channel where people are known by a chat, which they link to their phone by a code."""

    name: str
    """The same as its `address_kind`."""
    called: str
    """By which people find it: the name of a bot or of an account."""


@runtime_checkable
class ReachesByPhone(Protocol):
    """A channel that can also reach, by phone, somebody who linked nothing: it gets an empty address."""

    reaches_by_phone: bool
