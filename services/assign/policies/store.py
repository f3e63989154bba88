"""Every query about policies and what has been told of them."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from services.assign.calendars.tables import UnitCalendar
from services.assign.places.tables import Policy
from services.assign.policies.choosing import COUNTRY, Policies
from services.assign.policies.tables import PolicyApplication, ToldPromise
from services.assign.reading import many
from shared.store import Unit
from shared.store.lean import Lean, fetch
from shared.store.session import rows

POLICIES = Lean(Policy)
_OF_PLACES = """
    select policy.*, coalesce(administrativeunit.code, '') as unit_code
    from policy left join administrativeunit on administrativeunit.key = policy.unit
    where policy.category = any($1)
      and (policy.unit = '' or (administrativeunit.code = any($2) and administrativeunit.valid_to is null))"""
_OPEN = """
    where category = $1 and status not in ('resolved', 'closed', 'cancelled')
      and ($2::text is null or unit_path @> array[$2::text]) and not unit_path && $3::text[]"""
_REVISION = text("select nextval('promise_revision')")


async def policies_of(connection: AsyncConnection, categories: Collection[str], codes: Collection[str]) -> Policies:
    """Policies of these categories, everywhere and in the units with these codes."""
    found = [dict(row.items()) for row in await fetch(connection, _OF_PLACES, list(categories), list(codes))]
    return Policies.among([(POLICIES.record(**_without_code(row)), row["unit_code"]) for row in found])


def _without_code(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "unit_code"}


async def all_policies(connection: AsyncConnection) -> list[Policy]:
    """Every policy there is, past ones too."""
    return await many(connection, Policy, select(Policy).order_by(col(Policy.category), col(Policy.valid_from)))


async def units_with_a_say(connection: AsyncConnection) -> set[str]:
    """Keys of the units that set a policy or hours, or of whom something was told."""
    said: set[str] = set()
    for column in (col(Policy.unit), col(UnitCalendar.unit), col(ToldPromise.unit)):
        said |= set((await connection.execute(select(column).distinct())).scalars())
    return said - {COUNTRY}


async def add(unit: Unit, added: Sequence[Policy]) -> None:
    await unit.execute(insert(Policy), rows(Policy, added))


async def keep(unit: Unit, policy: Policy) -> None:
    """It counts from its day on, whatever was said for that day before."""
    row = rows(Policy, [policy])[0]
    keys = [col(Policy.category), col(Policy.unit), col(Policy.valid_from)]
    await unit.execute(insert(Policy).values(row).on_conflict_do_update(index_elements=keys, set_=row))


async def forget(unit: Unit, category: str, place: str, valid_from: date) -> bool:
    """The unit says this no more; False where it never did."""
    same = (col(Policy.category) == category, col(Policy.unit) == place, col(Policy.valid_from) == valid_from)
    return (await unit.execute(delete(Policy).where(*same))).rowcount == 1


async def told(connection: AsyncConnection, units: Collection[str]) -> list[ToldPromise]:
    """What was told of these units (keys, empty for everywhere)."""
    return await many(
        connection, ToldPromise, select(ToldPromise).where(col(ToldPromise.unit) == func.any(list(units)))
    )


async def note_told(unit: Unit, promise: ToldPromise) -> None:
    row = rows(ToldPromise, [promise])[0]
    keys = [col(ToldPromise.category), col(ToldPromise.unit), col(ToldPromise.valid_from)]
    await unit.execute(insert(ToldPromise).values(row).on_conflict_do_update(index_elements=keys, set_=row))


async def forget_told(unit: Unit, promise: ToldPromise) -> None:
    same = (
        col(ToldPromise.category) == promise.category,
        col(ToldPromise.unit) == promise.unit,
        col(ToldPromise.valid_from) == promise.valid_from,
    )
    await unit.execute(delete(ToldPromise).where(*same))


async def count_open(connection: AsyncConnection, category: str, code: str | None, nearer: Collection[str]) -> int:
    """Open tickets of a category in a unit (None: everywhere) but not in these units below it."""
    [(count,)] = await fetch(connection, f"select count(*) from ticket {_OPEN}", category, code, list(nearer))  # noqa: S608
    return count


async def open_codes(
    unit: Unit, category: str, code: str | None, nearer: Collection[str], after: str, most: int
) -> list[str]:
    """The next of them by code."""
    statement = f"select code from ticket {_OPEN} and code > $4 order by code limit $5"  # noqa: S608  (constants only)
    return [row[0] for row in await fetch(unit.connection, statement, category, code, list(nearer), after, most)]


async def owe_application(unit: Unit, category: str, place: str, by: str, at: datetime) -> None:
    """Open tickets of a unit (its key, empty for everywhere) are to be promised anew; one under way begins again."""
    row = {"category": category, "unit": place, "by": by, "owed_at": at, "after": ""}
    keys = [col(PolicyApplication.category), col(PolicyApplication.unit)]
    await unit.execute(insert(PolicyApplication).values(row).on_conflict_do_update(index_elements=keys, set_=row))


async def take_application(unit: Unit) -> PolicyApplication | None:
    """The oldest that is owed, held until the commit; None where nothing is, or another process has it."""
    oldest = select(PolicyApplication).order_by(col(PolicyApplication.owed_at)).limit(1)
    found = await many(unit.connection, PolicyApplication, oldest.with_for_update(skip_locked=True))
    return found[0] if found else None


async def move_application(unit: Unit, application: PolicyApplication, after: str | None) -> None:
    """It has come so far; None is its end."""
    same = (
        col(PolicyApplication.category) == application.category,
        col(PolicyApplication.unit) == application.unit,
    )
    if after is None:
        await unit.execute(delete(PolicyApplication).where(*same))
    else:
        await unit.execute(update(PolicyApplication).where(*same).values(after=after))


async def next_revision(unit: Unit) -> int:
    """Greater than that of every promise told before."""
    return int(await unit.connection.scalar(_REVISION) or 0)
