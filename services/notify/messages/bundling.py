"""Several offers that waited together go to one person as one message: pure rules.

Only what waited (for the morning, for a token, for another try) is put together, so nobody is told later for it. Urgent
offers go alone.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from services.notify.messages.store.claiming import Claimed
from shared.vietnam.names import cut

SEVERAL = "offered_several"
"""The text that speaks of several offers."""
LEAST = 2
_SHORT_PLACE = 16


@dataclass(frozen=True, slots=True)
class Bundle:
    """One message that speaks of several tickets: the first carries the others."""

    carrier: Claimed
    followers: Sequence[Claimed]
    values: dict[str, str]
    """For the slots of the text `offered_several`."""


def bundles(messages: Sequence[Claimed], fits: Callable[[Claimed, dict[str, str]], bool]) -> list[Bundle]:
    """Of messages that a sender holds. `fits` says whether a text with these values still has room."""
    groups: dict[tuple[str, str | None], list[Claimed]] = defaultdict(list)
    for message in messages:
        if _waited_offer(message):
            groups[message.person or "", message.address].append(message)
    found: list[Bundle] = []
    for group in groups.values():
        found += _bundles_of(sorted(group, key=lambda message: message.number or 0), fits)
    return found


def _waited_offer(message: Claimed) -> bool:
    return (
        message.template == "offered"
        and message.person is not None
        and message.number is not None
        and message.on_phones is not None
        and message.priority > 0
        and message.not_before > message.created_at
    )


def _bundles_of(group: Sequence[Claimed], fits: Callable[[Claimed, dict[str, str]], bool]) -> list[Bundle]:
    """As few messages as hold them all."""
    found: list[Bundle] = []
    left = list(group)
    while len(left) >= LEAST:
        taken = LEAST
        while taken < len(left) and fits(left[0], values(left[: taken + 1])):
            taken += 1
        found.append(Bundle(left[0], left[1:taken], values(left[:taken])))
        left = left[taken:]
    return found


def values(messages: Sequence[Claimed]) -> dict[str, str]:
    """What stands in the slots: `3 viec: 1 Buon Kbu, 4 Thon 3, 5 Buon Ea Bong`."""
    ordered = sorted(messages, key=lambda message: message.number or 0)
    listed = [f"{message.number} {_short(message.slots.get('place', ''))}" for message in ordered]
    return {"count": str(len(ordered)), "list": ", ".join(listed), "n": str(ordered[0].number)}


def _short(place: str) -> str:
    """The village alone: its number tells it apart."""
    return cut(place.partition(" (")[0], _SHORT_PLACE)
