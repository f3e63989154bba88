"""What the conformance suite needs of a channel: itself, and its other side with its rudeness. A `case_*.py` each."""

import importlib
import pkgutil
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Literal, Protocol

from services.notify.channels.channel import Channel
from shared.settings import Settings

Rudeness = Literal["not_now", "never", "bad_address", "silent", "taken_then_dropped"]
"""not_now: refused, later it would do. never: refused for good. bad_address: nobody is there. silent: no answer at all.
taken_then_dropped: it arrives, but the connection breaks before we are told."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """A text as it stands on the receiver's screen, long ones joined."""

    address: str
    text: str


class OtherSide(Protocol):
    """A stand-in for the network or provider, or the real thing."""

    async def arrived(self) -> Sequence[Arrived]:
        """What reached people, oldest first."""
        ...

    async def be_rude(self, how: Rudeness) -> None:
        """To every message from here on."""
        ...

    async def be_kind(self) -> None:
        """As one would wish, from here on."""
        ...


@dataclass(frozen=True, slots=True)
class Case:
    """A channel under test."""

    name: str
    open: Callable[[Settings], AbstractAsyncContextManager[tuple[Channel, OtherSide]]]
    """`Settings` are of a notify with an empty store."""
    address: str
    """Of somebody who can be reached."""
    knows: frozenset[Rudeness] = frozenset({"not_now", "never", "bad_address", "silent", "taken_then_dropped"})
    """Rudenesses that exist on this channel."""
    once: bool = False
    """Whether the other side knows a repeat by its id and shows it once."""


def cases() -> list[Case]:
    """All there are, by name."""
    package = importlib.import_module(__package__ or "")
    names = [found.name for found in pkgutil.iter_modules(package.__path__) if found.name.startswith("case_")]
    return [importlib.import_module(f"{package.__name__}.{name}").CASE for name in sorted(names)]
