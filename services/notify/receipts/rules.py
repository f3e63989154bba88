"""What a receipt does to a message: a table of every state and every word. No state ever goes back.

`queued` is a message that waits to be sent again after a break: a receipt for its first try makes that needless. For
what is `sending` a receipt waits until its sender has written it down. `delivered` after `failed` corrects the record,
for the text is on the phone; what the failure set in motion is not taken back.
"""

from collections.abc import Collection, Mapping
from typing import Literal

Kind = Literal["on_its_way", "delivered", "failed"]
Step = Literal["wait", "nothing", "noted", "sent", "delivered", "corrected", "failed"]

STEPS: Mapping[Kind, Mapping[str, Step]] = {
    "on_its_way": {
        "queued": "sent",
        "sending": "wait",
        "sent": "noted",
        "delivered": "nothing",
        "failed": "nothing",
        "expired": "nothing",
    },
    "delivered": {
        "queued": "delivered",
        "sending": "wait",
        "sent": "delivered",
        "delivered": "nothing",
        "failed": "corrected",
        "expired": "delivered",
    },
    "failed": {
        "queued": "failed",
        "sending": "wait",
        "sent": "failed",
        "delivered": "nothing",
        "failed": "nothing",
        "expired": "nothing",
    },
}


def decisive(kinds: Collection[Kind]) -> Kind:
    """Of receipts that are known at once: what is on a phone has not failed, and what failed is not on its way."""
    return next(kind for kind in ("delivered", "failed", "on_its_way") if kind in kinds)


def step(kind: Kind, state: str) -> Step:
    """What to do with a message in `state`."""
    return STEPS[kind][state]
