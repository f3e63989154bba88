"""What every channel is: a way out to people's phones. One file each, the same shape, a table of refusals."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Protocol
from uuid import UUID

Past = Literal["sent", "not_sent", "unknown"]


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A text to one phone. `id` is the same in every try: the other side may know by it what it has already."""

    id: UUID
    phone: str
    text: str
    alert: str
    code: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the channel said: taken (`sent`), on the phone (`delivered`), not now (`temporary`), never (`permanent`)."""

    kind: Literal["sent", "delivered", "temporary", "permanent"]
    reason: str | None = None
    address_is_bad: bool = False
    """The number itself is wrong or closed."""
    retry_after: timedelta | None = None
    """How long the other side asks us to wait."""


SENT = Outcome("sent")
DELIVERED = Outcome("delivered")


class Channel(Protocol):
    """A way out."""

    name: str
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
