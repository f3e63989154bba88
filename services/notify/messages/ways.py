"""The ways out that this installation has, as rules and recorders need to know them."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from services.notify.channels.channel import AddressKind, Channel
from services.notify.messages.pace import Pace, pace_of
from shared.store import Unit


@dataclass(frozen=True, slots=True)
class Way:
    """What is to be known of a channel without using it."""

    name: str
    kind: AddressKind
    two_way: bool
    pace: Pace = field(default_factory=Pace)
    linkless: bool = False
    """It also reaches, by phone, somebody who linked nothing."""

    @property
    def reaches_by_phone(self) -> bool:
        return self.kind == "phone" or self.linkless


def way_of(channel: Channel) -> Way:
    """What a channel says of itself."""
    linkless = bool(getattr(channel, "reaches_by_phone", False))
    return Way(channel.name, channel.address_kind, channel.two_way, pace_of(channel.name), linkless)


Reword = Callable[[Unit, Any, Way], Awaitable[str]]
"""Of a message that a sender holds (`Claimed`), the text for a way."""


def _nobody() -> None:
    """Wakes nobody."""


async def _as_it_is(_: Unit, message: Any, __: Way) -> str:
    return message.text


@dataclass(slots=True)
class Ways:
    """Known by name once the channels are fitted."""

    by_name: Mapping[str, Way] = field(default_factory=dict)
    wake: Callable[[], None] = _nobody
    """Wakes the senders of all, where a message goes on by another way."""
    number: str = ""
    """That people can write to; empty where there is none."""
    reword: Reword = _as_it_is
    """Writes a message's text for another way."""

    def open(self, channels: Iterable[Channel]) -> None:
        """These are the ways out."""
        self.by_name = {one.name: way_of(one) for one in channels}

    def kind(self, name: str) -> AddressKind:
        """Of the addresses that a way needs; of one that is gone it was the phone."""
        way = self.by_name.get(name)
        return way.kind if way else "phone"

    def left(self, further: Sequence[str]) -> str | None:
        """The next way out that there is."""
        return next((name for name in further if name in self.by_name), None)
