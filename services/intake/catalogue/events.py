"""`places.*` keep the catalogue."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from services.intake.catalogue.store import Kind, keep
from shared.events import Event, Received
from shared.events.places import CategoryChanged, PlaceEvent, PromiseChanged, UnitChanged, VillageChanged
from shared.store import Unit

Handler = Callable[[Unit, Sequence[Received[Any]]], Awaitable[None]]


def handlers(changed: Callable[[], None]) -> Mapping[type[Event], Handler]:
    """What intake does with each event of the stream `places`; `changed` is called after each commit."""
    return {
        UnitChanged: _keeps("unit", changed, lambda event: event.key),
        VillageChanged: _keeps("village", changed, lambda event: event.village_id),
        CategoryChanged: _keeps("category", changed, lambda event: event.code),
        PromiseChanged: _keeps("promise", changed, _promise_key),
    }


def _promise_key(event: PromiseChanged) -> str:
    from_day = f"/{event.valid_from.isoformat()}" if event.valid_from else ""
    return f"{event.category}/{event.unit or ''}{from_day}"


def _keeps(kind: Kind, changed: Callable[[], None], key: Callable[[Any], str]) -> Handler:
    async def handle(unit: Unit, events: Sequence[Received[PlaceEvent]]) -> None:
        places = [(key(each.data), each.data.revision, each.data.model_dump(mode="json")) for each in events]
        await keep(unit, kind, places)
        unit.after_commit(changed)

    return handle
