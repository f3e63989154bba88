"""What rings at night. From 21:00 to 06:00 neighbours sleep: what can wait is sent in the morning, never dropped."""

from collections.abc import Mapping
from typing import Literal

from services.notify.alerts.alert import Kind

Night = Literal["passes", "if_urgent", "waits"]

AT_NIGHT: Mapping[Kind, Night] = {
    "submitted": "passes",
    "answer": "passes",
    "accepted": "passes",
    "offered": "if_urgent",
    "unrouted": "if_urgent",
    "warned": "if_urgent",
    "escalated": "if_urgent",
    "taken": "if_urgent",
    "reopened": "if_urgent",
    "resolved": "waits",
    "closed": "waits",
}
"""Who has just written is awake and waits for `submitted`, `answer`, `accepted`. A scam cannot wait for anything."""


def passes(kind: Kind, *, urgent: bool, may_be_woken: bool = True) -> bool:
    """`may_be_woken`: members of a team may wish to sleep even through a scam; it concerns offers only."""
    if kind == "offered" and not may_be_woken:
        return False
    return AT_NIGHT[kind] == "passes" or (urgent and AT_NIGHT[kind] == "if_urgent")
