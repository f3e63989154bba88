"""The whole promise in one place: an event leaves if and only if its cause was committed, and has its effect once."""

from shared.bus.bus import Bus
from shared.bus.listener import Handler
from shared.events.reading import traced
from shared.store.dead import list_dead, show_dead

__all__ = ["Bus", "Handler", "list_dead", "show_dead", "traced"]
