"""What contacts listen to: people on duty."""

from collections.abc import Callable, Sequence

from services.notify.contacts.store import forget_contacts, save_contacts
from shared.events import people
from shared.events.envelope import Received
from shared.store import Unit


class Listening:
    """Handlers of a batch each. `known` is called when somebody may have become known, after the commit."""

    def __init__(self, known: Callable[[], None]) -> None:
        self._known = known

    async def on_changed(self, unit: Unit, events: Sequence[Received[people.Changed]]) -> None:
        await save_contacts(unit, [event.data for event in events])
        unit.after_commit(self._known)

    async def on_removed(self, unit: Unit, events: Sequence[Received[people.Removed]]) -> None:
        await forget_contacts(unit, [event.data for event in events])
