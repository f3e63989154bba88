"""Every query of the figures kept ready: changes are added, folded into days, and both are read as one.

Parts that are put into these statements are the constants of `facts`, never what somebody sent.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from services.assign.counting.facts import FIELDS
from services.assign.counting.tables import CountedChange
from services.assign.counting.times import DIGITS
from services.assign.sla.clocks import CLOCKS
from shared.store import Unit
from shared.store.lean import Lean, fetch

CHANGES = Lean(CountedChange)
FOLDING = 7_301
"""The advisory lock of whoever folds: one at a time."""
_TIMES = [f"{clock}_times" for clock in CLOCKS]
_COUNTS = ", ".join(FIELDS)
_SUMS = ", ".join(f"sum({field}) as {field}" for field in FIELDS)
_LANES = ", ".join(
    f"coalesce(sum({clock}_timed * ('1' || repeat('0', {DIGITS} * {clock}_bucket))::numeric), 0) as {clock}_times"
    for clock in CLOCKS
)
_ADDED = ", ".join(f"{field} = counted_day.{field} + excluded.{field}" for field in (*FIELDS, *_TIMES))
_SOMETHING = " or ".join(f"{field} <> 0" for field in (*FIELDS, *_TIMES))
SPREAD = """
    cross join lateral unnest(unit_path || array['']) as place (unit)
    cross join lateral (values ('all', ''), ('category', category), ('channel', channel), ('team', coalesce(team, '')))
        as kind (by, key)"""
"""Each change counts in every unit above it, as a whole and by what it is of."""
_FOLD = f"""
    with gone as (
        delete from counted_change
        where id in (select id from counted_change order by id limit $1 for update)
        returning *),
    spread as (
        select place.unit, kind.by, kind.key, day, {_SUMS}, {_LANES} from gone {SPREAD} group by 1, 2, 3, 4),
    opened as (
        insert into counted_open (unit, by, key, open)
        select unit, by, key, sum(opened) from spread group by 1, 2, 3 having sum(opened) <> 0
        on conflict (unit, by, key) do update set open = counted_open.open + excluded.open),
    days as (
        insert into counted_day (unit, by, key, day, {_COUNTS}, {", ".join(_TIMES)})
        select unit, by, key, day, {_COUNTS}, {", ".join(_TIMES)} from spread where {_SOMETHING}
        on conflict (unit, by, key, day) do update set {_ADDED})
    select count(*) from gone"""  # noqa: S608

# What the tickets say, spread as the changes are, against what is kept: only differences are left.
_ENTRIES = f"""
    select (entry ->> 0)::date as day, ticket.unit_path, ticket.category, ticket.channel,
        coalesce(entry ->> 1, ticket.counted -> 'keys' ->> 3) as team, {
    ", ".join(f"case when entry ->> 2 = '{field}' then (entry ->> 3)::bigint else 0 end as {field}" for field in FIELDS)
}, {
    ", ".join(
        f"case when entry ->> 2 like '{clock}%' then (entry ->> 4)::int end as {clock}_bucket" for clock in CLOCKS
    )
}
    from ticket cross join lateral jsonb_array_elements(counted -> 'happened' || (counted -> 'stands')) as entry
    where counted is not null"""  # noqa: S608
_CORRECT = f"""
    with told as (
        select place.unit, kind.by, kind.key, day, {_SUMS}, {_LANES} from ({_ENTRIES}) as entries {SPREAD}
        group by 1, 2, 3, 4),
    kept as (
        select unit, by, key, day, {_COUNTS}, {", ".join(_TIMES)} from counted_day
        union all
        select place.unit, kind.by, kind.key, day, {_SUMS}, {_LANES} from counted_change {SPREAD} group by 1, 2, 3, 4),
    wrong as (
        select unit, by, key, day, {", ".join(f"sum({field}) as {field}" for field in (*FIELDS, *_TIMES))}
        from (select unit, by, key, day, {_COUNTS}, {", ".join(_TIMES)} from told
              union all
              select unit, by, key, day, {", ".join(f"-{field}" for field in (*FIELDS, *_TIMES))} from kept) as compared
        group by 1, 2, 3, 4
        having {" or ".join(f"sum({field}) <> 0" for field in (*FIELDS, *_TIMES))}),
    days as (
        insert into counted_day (unit, by, key, day, {_COUNTS}, {", ".join(_TIMES)}) select * from wrong
        on conflict (unit, by, key, day) do update set {_ADDED})
    select count(*) from wrong"""  # noqa: S608
_CORRECT_OPEN = """
    insert into counted_open (unit, by, key, open)
    select unit, by, key, sum(opened) from counted_day group by 1, 2, 3
    on conflict (unit, by, key) do update set open = excluded.open"""
_UNCOUNTED = "select code from ticket where counted is null order by code limit $1"
_AFTER = "select code from ticket where code > $1 order by code limit $2"


async def add(unit: Unit, rows: Sequence[dict[str, Any]]) -> None:
    """Add what changed, within the unit of work that changed it."""
    await CHANGES.add(unit.connection, rows)


async def may_fold(connection: AsyncConnection) -> bool:
    """Whether nobody else folds, until the end of this transaction."""
    [(free,)] = await fetch(connection, "select pg_try_advisory_xact_lock($1)", FOLDING)
    return free


async def fold(unit: Unit, most: int) -> int:
    """Fold the oldest changes into the days; how many."""
    [(folded,)] = await fetch(unit.connection, _FOLD, most)
    return folded


async def uncounted(connection: AsyncConnection, most: int) -> list[str]:
    """Codes of tickets that were never counted."""
    return [code for (code,) in await fetch(connection, _UNCOUNTED, most)]


async def codes_after(connection: AsyncConnection, after: str, most: int) -> list[str]:
    """The next codes of all tickets."""
    return [code for (code,) in await fetch(connection, _AFTER, after, most)]


async def correct_days(unit: Unit) -> int:
    """Make the days what the tickets add up to, while nobody folds; how many were wrong."""
    await fetch(unit.connection, "select pg_advisory_xact_lock($1)", FOLDING)
    [(wrong,)] = await fetch(unit.connection, _CORRECT)
    await fetch(unit.connection, _CORRECT_OPEN)
    return wrong
