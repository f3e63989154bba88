"""Rows of this room as the events that tell the others. Each change of a row has its own revision, and its event."""

from datetime import datetime

from services.assign.places.tables import AdministrativeUnit, Category, Village
from shared.events import places
from shared.store import Unit

EVERYWHERE = "vn"
"""Stands for the province in the subject of what belongs to none."""


def tell_unit(unit: Unit, changed: AdministrativeUnit, at: datetime) -> None:
    """Owe `places.unit_changed`."""
    facts = changed.model_dump(exclude={"sort_key"})
    unit.publish(places.UnitChanged(**facts, changed_at=at), about=changed.key, province=changed.province, at=at)


def tell_village(unit: Unit, changed: Village, province: str, at: datetime) -> None:
    """Owe `places.village_changed`."""
    facts = changed.model_dump(exclude={"id", "sort_key"})
    event = places.VillageChanged(**facts, village_id=changed.id, changed_at=at)
    unit.publish(event, about=changed.id, province=province, at=at)


def tell_category(unit: Unit, changed: Category, at: datetime) -> None:
    """Owe `places.category_changed`."""
    event = places.CategoryChanged(**changed.model_dump(), changed_at=at)
    unit.publish(event, about=changed.code, province=EVERYWHERE, at=at)
