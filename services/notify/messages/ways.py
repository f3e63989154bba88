"""The ways out that this installation has, as rules and recorders need to know them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from services.notify.channels.channel import AddressKind, Channel


@dataclass(frozen=True, slots=True)
class Way:
    """What is to be known of a channel without using it."""

    name: str
    kind: AddressKind
    two_way: bool


@dataclass(slots=True)
class Ways:
    """Known by name once the channels are fitted."""

    by_name: Mapping[str, Way] = field(default_factory=dict)
    wake: Callable[[], None] = lambda: None
    """Wakes the senders of all, where a message goes on by another way."""

    def open(self, channels: Iterable[Channel]) -> None:
        """These are the ways out."""
        self.by_name = {one.name: Way(one.name, one.address_kind, one.two_way) for one in channels}

    def kind(self, name: str) -> AddressKind:
        """Of the addresses that a way needs; of one that is gone it was the phone."""
        way = self.by_name.get(name)
        return way.kind if way else "phone"

    def left(self, further: Sequence[str]) -> str | None:
        """The next way out that there is."""
        return next((name for name in further if name in self.by_name), None)
