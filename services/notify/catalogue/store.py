"""Every query about the copy of units, villages and categories."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from services.notify.alerts.alert import Territory
from services.notify.base import one_of
from services.notify.catalogue.tables import Category, Unit, Village
from shared.events import places
from shared.store import Unit as UnitOfWork


async def save_units(unit: UnitOfWork, changes: Sequence[places.UnitChanged]) -> None:
    """Keep the newest of each unit."""
    fields = set(Unit.model_fields)
    statement = insert(Unit)
    newer = statement.on_conflict_do_update(
        index_elements=[col(Unit.key)],
        set_={field: statement.excluded[field] for field in fields - {"key"}},
        where=statement.excluded.revision > col(Unit.revision),
    )
    rows = [change.model_dump(include=fields) for change in changes]
    await unit.execute(newer, sorted(rows, key=lambda row: (row["key"], row["revision"])))


async def save_villages(unit: UnitOfWork, changes: Sequence[places.VillageChanged]) -> None:
    """Keep the newest of each village."""
    fields = set(Village.model_fields)
    statement = insert(Village)
    newer = statement.on_conflict_do_update(
        index_elements=[col(Village.village_id)],
        set_={field: statement.excluded[field] for field in fields - {"village_id"}},
        where=statement.excluded.revision > col(Village.revision),
    )
    rows = [change.model_dump(include=fields) for change in changes]
    await unit.execute(newer, sorted(rows, key=lambda row: (row["village_id"], row["revision"])))


async def save_categories(unit: UnitOfWork, changes: Sequence[places.CategoryChanged]) -> None:
    """Keep the newest of each category."""
    fields = set(Category.model_fields)
    statement = insert(Category)
    newer = statement.on_conflict_do_update(
        index_elements=[col(Category.code)],
        set_={field: statement.excluded[field] for field in fields - {"code"}},
        where=statement.excluded.revision > col(Category.revision),
    )
    rows = [change.model_dump(include=fields) for change in changes]
    await unit.execute(newer, sorted(rows, key=lambda row: (row["code"], row["revision"])))


async def territories(connection: AsyncConnection, keys: Iterable[str]) -> dict[str, Territory]:
    """Where units belong, by key; one that is not known yet is at least itself."""
    wanted = set(keys)
    statement = select(col(Unit.key), col(Unit.code), col(Unit.path), col(Unit.province)).where(
        one_of(col(Unit.key), wanted)
    )
    found = {
        key: Territory(province=province, commune=code, unit_path=tuple(path))
        for key, code, path, province in await connection.execute(statement)
    }
    return {key: found.get(key) or _bare(key) for key in wanted}


def _bare(key: str) -> Territory:
    code = key.partition("@")[0]
    return Territory(commune=code, unit_path=(code,))


async def category_names(connection: AsyncConnection, codes: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Vietnamese and English names by code."""
    statement = select(col(Category.code), col(Category.name_vi), col(Category.name_en))
    rows = await connection.execute(statement.where(one_of(col(Category.code), codes)))
    return {code: (name_vi, name_en) for code, name_vi, name_en in rows}


@dataclass(frozen=True, slots=True)
class Commune:
    """A commune as people call it."""

    key: str
    full_name: str
    former_names: tuple[str, ...]
    province: str


async def communes_edition(connection: AsyncConnection) -> tuple[int, int]:
    """Changes whenever any commune does: how many there are, and all their revisions together."""
    statement = select(func.count(), func.coalesce(func.sum(col(Unit.revision)), 0))
    number, revisions = (await connection.execute(statement.where(col(Unit.kind) == "commune"))).one()
    return number, revisions


async def communes_of(connection: AsyncConnection, day: date) -> list[Commune]:
    """All communes that are valid on a day."""
    statement = select(col(Unit.key), col(Unit.full_name), col(Unit.former_names), col(Unit.province)).where(
        col(Unit.kind) == "commune", or_(col(Unit.valid_to).is_(None), col(Unit.valid_to) > day)
    )
    rows = await connection.execute(statement.order_by(col(Unit.key)))
    known = [Commune(key, name, tuple(former), province) for key, name, former, province in rows]
    return [commune for commune in known if commune.full_name and commune.key.partition("@")[2] <= day.isoformat()]


async def villages_of(connection: AsyncConnection, communes: Collection[str]) -> list[Village]:
    """Villages of communes (unit keys) that are not retired; a commune has some hundred at most."""
    statement = (
        select(*(col(getattr(Village, field)) for field in Village.model_fields))
        .where(one_of(col(Village.commune), communes), ~col(Village.retired))
        .order_by(col(Village.commune), col(Village.village_id))
    )
    return [Village(**row._mapping) for row in await connection.execute(statement)]


async def is_commune(connection: AsyncConnection, code: str) -> bool:
    """Whether a unit's code is that of a commune."""
    statement = select(col(Unit.kind)).where(col(Unit.code) == code).limit(1)
    return await connection.scalar(statement) == "commune"


async def unit_by_code(connection: AsyncConnection, code: str) -> Unit | None:
    """The unit that has this code now."""
    columns = [col(getattr(Unit, field)) for field in Unit.model_fields]
    found = await connection.execute(select(*columns).where(col(Unit.code) == code, col(Unit.valid_to).is_(None)))
    row = found.mappings().first()
    return Unit(**row) if row else None
