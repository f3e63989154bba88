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
_TIMES = tuple(f"{clock}_times" for clock in CLOCKS)
_ALL = (*FIELDS, *_TIMES)
NAMES = ", ".join(_ALL)
SUMS = ", ".join(
    [f"coalesce(sum(number) filter (where field = '{field}'), 0)::bigint as {field}" for field in FIELDS]
    + [
        f"""coalesce(sum(number * ('1' || repeat('0', {DIGITS} * bucket))::numeric)
            filter (where field = '{clock}_timed'), 0) as {clock}_times"""
        for clock in CLOCKS
    ]
)
"""Entries as the columns of `CountedDay`."""
ENTRY = """
    (entry ->> 0)::date as day, entry ->> 2 as field, (entry ->> 3)::bigint as number, (entry ->> 4)::int as bucket"""
ENTRIES = f"""
    select unit_path, category, channel, coalesce(entry ->> 1, team) as team, {ENTRY}
    from counted_change cross join lateral jsonb_array_elements(entries) as entry"""  # noqa: S608
"""What is not folded yet, an entry a row."""
_ADDED = ", ".join(f"sum({name}) as {name}" for name in _ALL)
_TAKEN_AWAY = ", ".join(f"-{name}" for name in _ALL)
_KEYS = "unit_path, category, channel, team, day"
_SPREAD = f"""
    select place.unit, kind.by, kind.key, day, {_ADDED}
    from by_keys
    cross join lateral unnest(unit_path || array['']) as place (unit)
    cross join lateral (values ('all', ''), ('category', category), ('channel', channel), ('team', coalesce(team, '')))
        as kind (by, key)
    group by 1, 2, 3, 4"""  # noqa: S608
"""Each row of `by_keys` counts in every unit above it, as a whole and by what it is of."""
_ADD_TO_DAYS = f"""
    on conflict (unit, by, key, day) do update
    set {", ".join(f"{name} = counted_day.{name} + excluded.{name}" for name in _ALL)}"""  # noqa: S608


def _by_keys(entries: str) -> str:
    """Entries of the same keys and day as one row: so what follows has few rows to spread.

    `offset 0`: else PostgreSQL would take each entry apart once for each column.
    """
    return f"select {_KEYS}, {SUMS} from ({entries} offset 0) as entries group by {_KEYS}"  # noqa: S608


_FOLD = f"""
    with gone as (
        delete from counted_change
        where id in (select id from counted_change order by id limit $1 for update)
        returning *),
    by_keys as ({_by_keys(ENTRIES.replace("counted_change", "gone"))}),
    spread as ({_SPREAD}),
    opened as (
        insert into counted_open (unit, by, key, open)
        select unit, by, key, sum(opened) from spread group by 1, 2, 3 having sum(opened) <> 0
        on conflict (unit, by, key) do update set open = counted_open.open + excluded.open),
    days as (
        insert into counted_day (unit, by, key, day, {NAMES})
        select unit, by, key, day, {NAMES} from spread where {" or ".join(f"{name} <> 0" for name in _ALL)}
        {_ADD_TO_DAYS})
    select count(*) from gone"""  # noqa: S608
# What the tickets say against what is kept: only differences are left.
_TOLD = f"""
    select unit_path, category, channel, coalesce(entry ->> 1, counted -> 'keys' ->> 3) as team, {ENTRY}
    from ticket cross join lateral jsonb_array_elements(counted -> 'happened' || (counted -> 'stands')) as entry
    where counted is not null"""  # noqa: S608
_CORRECT = f"""
    with by_keys as (
        {_by_keys(_TOLD)}
        union all
        select {_KEYS}, {_TAKEN_AWAY} from ({_by_keys(ENTRIES)}) as unfolded),
    compared as (
        {_SPREAD}
        union all
        select unit, by, key, day, {_TAKEN_AWAY} from counted_day),
    wrong as (
        select unit, by, key, day, {_ADDED}
        from compared group by 1, 2, 3, 4 having {" or ".join(f"sum({name}) <> 0" for name in _ALL)}),
    days as (
        insert into counted_day (unit, by, key, day, {NAMES}) select * from wrong {_ADD_TO_DAYS})
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
