"""Every event of the house, a module for each publisher."""

from shared.events import messages, people, places, replies, requests, tickets
from shared.events.envelope import Event, Received

_MODULES = (requests, tickets, people, places, messages, replies)

STREAMS = ("requests", "tickets", "people", "places", "messages", "replies")
SUBJECTS = {name: [f"{name}.>"] for name in STREAMS} | {"tickets": ["tickets.>", "clocks.>"]}

PUBLISHERS = {
    "requests": "intake",
    "tickets": "assign",
    "people": "assign",
    "places": "assign",
    "messages": "notify",
    "replies": "notify",
}
"""Each stream has one: it makes the stream and nobody else writes to it."""

EVENTS: dict[str, type[Event]] = {
    found.type: found
    for module in _MODULES
    for found in vars(module).values()
    if isinstance(found, type) and issubclass(found, Event) and "type" in vars(found)
}
"""Every event class by its name on the wire."""

__all__ = ["EVENTS", "PUBLISHERS", "STREAMS", "SUBJECTS", "Event", "Received"]
