"""Every query about units, villages, categories and promises. What changes is told in the same unit of work."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, exists, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from services.assign.places.announcements import tell_category, tell_unit, tell_village
from services.assign.places.tables import AdministrativeUnit, Category, Village
from services.assign.reading import many, one
from shared.store import Unit
from shared.store.session import rows

IN_FORCE = col(AdministrativeUnit.valid_to).is_(None)


async def has_units(connection: AsyncConnection) -> bool:
    """Whether any unit is known: an installation that has begun."""
    return bool(await connection.scalar(select(exists().where(col(AdministrativeUnit.key).is_not(None)))))


async def has_categories(connection: AsyncConnection) -> bool:
    return bool(await connection.scalar(select(exists().where(col(Category.code).is_not(None)))))


async def unit_by_code(connection: AsyncConnection, code: str) -> AdministrativeUnit | None:
    """The unit that has this code now."""
    wanted = select(AdministrativeUnit).where(col(AdministrativeUnit.code) == code, IN_FORCE)
    return await one(connection, AdministrativeUnit, wanted)


async def units_by_key(connection: AsyncConnection, keys: Iterable[str]) -> dict[str, AdministrativeUnit]:
    """The units among these keys (code and date), in force or not."""
    wanted = select(AdministrativeUnit).where(col(AdministrativeUnit.key) == func.any(list(keys)))
    return {found.key: found for found in await many(connection, AdministrativeUnit, wanted)}


async def units_by_code(connection: AsyncConnection, codes: Iterable[str]) -> dict[str, AdministrativeUnit]:
    """The units in force among these codes."""
    wanted = select(AdministrativeUnit).where(col(AdministrativeUnit.code) == func.any(list(codes)), IN_FORCE)
    return {found.code: found for found in await many(connection, AdministrativeUnit, wanted)}


async def up_from(connection: AsyncConnection, place: AdministrativeUnit | None) -> list[AdministrativeUnit]:
    """A unit and those above it, the nearest first; nothing for the whole country."""
    if place is None:
        return []
    above = await units_by_code(connection, place.path[:-1])
    return [place, *(above[code] for code in reversed(place.path[:-1]) if code in above)]


async def children_of(connection: AsyncConnection, parent: str | None) -> list[AdministrativeUnit]:
    """The units right below a unit (by key), or the topmost ones; in the order of the alphabet."""
    below = col(AdministrativeUnit.parent) == parent if parent else col(AdministrativeUnit.parent).is_(None)
    wanted = select(AdministrativeUnit).where(below, IN_FORCE).order_by(col(AdministrativeUnit.sort_key))
    return await many(connection, AdministrativeUnit, wanted)


async def villages_by_id(connection: AsyncConnection, ids: Iterable[str]) -> dict[str, Village]:
    """The villages among these ids, retired ones too."""
    found = await many(connection, Village, select(Village).where(col(Village.id) == func.any(list(ids))))
    return {village.id: village for village in found}


async def categories(connection: AsyncConnection) -> list[Category]:
    """Every category, retired ones too, in their order."""
    return await many(connection, Category, select(Category).order_by(col(Category.position)))


async def add_units(unit: Unit, added: Sequence[AdministrativeUnit], at: datetime) -> None:
    """Keep new units and tell of them."""
    if added:
        await unit.execute(insert(AdministrativeUnit), rows(AdministrativeUnit, added))
    for new in added:
        tell_unit(unit, new, at)


async def add_categories(unit: Unit, added: Sequence[Category], at: datetime) -> None:
    """Keep new categories and tell of them."""
    await unit.execute(insert(Category), rows(Category, added))
    for category in added:
        tell_category(unit, category, at)


async def add_villages(unit: Unit, added: Sequence[Village], province_of: Mapping[str, str], at: datetime) -> None:
    """Keep new villages and tell of them; `province_of` gives the province's code of a commune's key."""
    if added:
        await unit.execute(insert(Village), rows(Village, added))
    for village in added:
        tell_village(unit, village, province_of[village.commune], at)


async def change_villages(unit: Unit, changed: Sequence[Village], province_of: Mapping[str, str], at: datetime) -> None:
    """Keep villages as they are now, each with its next revision, and tell of them."""
    for village in changed:
        village.revision += 1
    if changed:
        await unit.connection.execute(_WRITE_VILLAGE, [_parameters(village) for village in changed])
    for village in changed:
        tell_village(unit, village, province_of[village.commune], at)


_CHANGING = ("team_code", "lat", "lon", "retired", "revision")
_NOW = {name: bindparam(f"_{name}") for name in _CHANGING}
_WRITE_VILLAGE = update(Village).where(col(Village.id) == bindparam("_id")).values(_NOW)


def _parameters(village: Village) -> dict[str, Any]:
    return {"_id": village.id} | {f"_{name}": getattr(village, name) for name in _CHANGING}
