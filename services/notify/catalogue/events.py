"""What the catalogue listens to: units, villages and categories."""

from collections.abc import Sequence

from services.notify.catalogue.store import save_categories, save_units, save_villages
from shared.events import places
from shared.events.envelope import Received
from shared.store import Unit


async def on_units(unit: Unit, events: Sequence[Received[places.UnitChanged]]) -> None:
    await save_units(unit, [event.data for event in events])


async def on_villages(unit: Unit, events: Sequence[Received[places.VillageChanged]]) -> None:
    await save_villages(unit, [event.data for event in events])


async def on_categories(unit: Unit, events: Sequence[Received[places.CategoryChanged]]) -> None:
    await save_categories(unit, [event.data for event in events])
