"""`GET /api/v1/units`: the tree of administrative units, as far as somebody's territory reaches."""

from fastapi import APIRouter
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncConnection

from services.assign.places import store as places
from services.assign.places.tables import AdministrativeUnit
from shared.identity import Principal, holds_unit
from shared.identity.territory import EVERYWHERE
from shared.store import Store
from shared.web.asking import SignedIn
from shared.web.problems import Problem


class UnitShown(BaseModel):
    """An administrative unit. `parent` is a code; `lat`, `lon` a point inside it, WGS 84 degrees."""

    code: str
    key: str
    name: str
    full_name: str
    kind: str
    parent: str | None
    lat: float | None
    lon: float | None


def router(store: Store) -> APIRouter:
    """The routes, reading from `store`."""
    routes = APIRouter(prefix="/api/v1")

    @routes.get("/units")
    async def units(principal: SignedIn, parent: str | None = None) -> list[UnitShown]:
        """The units right below `parent` (a code); without it, the topmost that one may see."""
        async with store.read() as connection:
            found = await (_below(connection, principal, parent) if parent else _topmost(connection, principal))
            return [_shown(unit) for unit in found]

    return routes


async def _below(connection: AsyncConnection, principal: Principal, parent: str) -> list[AdministrativeUnit]:
    unit = await places.unit_by_code(connection, parent)
    if unit is None or not holds_unit(principal, unit.path):
        raise Problem(404)
    return await places.children_of(connection, unit.key)


async def _topmost(connection: AsyncConnection, principal: Principal) -> list[AdministrativeUnit]:
    """Provinces for those who work everywhere; a supervisor's own unit, the commune of a member's team."""
    if principal.role in EVERYWHERE:
        return await places.children_of(connection, None)
    own = await places.unit_by_code(connection, principal.unit) if principal.unit else None
    return [own] if own else []


def _shown(unit: AdministrativeUnit) -> UnitShown:
    return UnitShown(parent=unit.path[-2] if len(unit.path) > 1 else None, **unit.model_dump(exclude={"parent"}))
