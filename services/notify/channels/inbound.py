"""What comes in from channels: receipts for what we sent, and texts that people write. Kept before it is answered."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol
from uuid import UUID

from services.notify.channels.channel import AddressKind
from shared.store import Unit

_TELEPHONE = re.compile(r"\+?\d{7,15}", re.ASCII)


def is_telephone(address: str) -> bool:
    """Whether a telephone can have this number. Short codes and names are machines'."""
    return _TELEPHONE.fullmatch(address) is not None


@dataclass(frozen=True, slots=True)
class Receipt:
    """A channel's word on a message, in whatever order: `on_its_way` at a network, `delivered`, `failed` for good."""

    channel: str
    key: str
    """The same in every repeat of this receipt, another for each receipt of the channel: the same twice counts once."""
    kind: Literal["on_its_way", "delivered", "failed"]
    at: datetime
    message: UUID | None = None
    """Our id, where the channel gives it back."""
    provider_id: str | None = None
    """The channel's own id, where it knows only that. It may come before the answer to our send."""
    reason: str | None = None
    address_is_bad: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """What somebody wrote to us."""

    channel: str
    key: str
    """The same in every repeat of this text: it counts once."""
    address: str
    """Of the channel's kind: a phone, or a chat that may be linked to one."""
    text: str
    at: datetime
    address_kind: AddressKind = "phone"


class Inbound(Protocol):
    """The house's side of it. A channel answers the other side only after the commit of `unit`."""

    async def receipts(self, unit: Unit, receipts: Sequence[Receipt]) -> None:
        """Take receipts. A repeat, a late one, one for nobody: no error, and no state goes back."""
        ...

    async def texts(self, unit: Unit, texts: Sequence[Text]) -> None:
        """Take texts: understand them, do or ask what they say, answer on the same channel."""
        ...
