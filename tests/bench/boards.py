"""What figures cost: boards over 10,000 and over 1,000,000 tickets of one year; changes with and without counting."""

import statistics
import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import text

from services.assign.counting import keeping
from services.assign.counting.folding import Folding
from services.assign.places import store as places
from services.assign.reporting.api import ReadBy, make_rows
from services.assign.reporting.period import this_month
from services.assign.tickets import opening, work
from services.assign.tickets.lifecycle import Action
from shared.store import Store
from tests.support.assign import COMMUNE, WEDNESDAY, World, member
from tests.support.assign_house import House
from tests.support.servers import PostgresServer

SIZES = (10_000, 1_000_000)
LOOKS = 25
BOARDS: Sequence[tuple[str | None, ReadBy]] = [
    *(("66", by) for by in ("unit", "team", "category", "channel", "day")),
    *(("24121", by) for by in ("unit", "team", "category", "day")),
]
_DRAWN = """
    create table drawn as
    select lpad(cast(n as text), 9, '0') as code, commune, commune || '-' || floor(random() * 11) as team,
        (array['public_services', 'identity_account', 'payments', 'ecommerce', 'device', 'training'])
            [1 + floor(random() * 6)] as category,
        (array['web', 'web', 'hotline', 'sms'])[1 + floor(random() * 4)] as channel,
        cast(:now as timestamptz) - random() * interval '365 days' as at, random() < 0.9 as met,
        cast(40 + 60 * random() + 60 * random() as int) as bucket
    from (select n, (select array_agg(code order by code) from administrativeunit where kind <> 'province')
              [1 + floor(random() * :communes)] as commune
          from generate_series(1, :size) as n) as numbered"""
_TICKETS = """
    insert into ticket (code, version, status, category, urgent, channel, language, requests, province, commune,
        commune_code, commune_name, unit_path, lat, lon, near, submitted_at, policy, pauses, response_due,
        resolution_due, response_met_at, resolution_met_at, response_worked_s, resolution_worked_s, marks, seeking,
        team, ended_at, reopened, counted)
    select code, 3, 'closed', category, false, channel, 'vi', '{}', '66', commune || '@2025-07-01', commune, '',
        array['66', commune], 12, 108, commune, at, '{}', '[]', at + interval '2 hours', at + interval '3 days',
        at + interval '1 hour', at + interval '1 day', 3600, 28800, '{}', false, team, at + interval '4 days', 0, '{}'
    from drawn"""
_CHANGES = """
    insert into counted_change (unit_path, category, channel, team, entries)
    select array['66', commune], category, channel, team, jsonb_build_array(
        jsonb_build_array(day, null, 'submitted', 1, null), jsonb_build_array(day, null, 'offers', 1, null),
        jsonb_build_array(day, null, 'response_' || verdict, 1, bucket),
        jsonb_build_array(day, null, 'response_timed', 1, bucket),
        jsonb_build_array(day, null, 'response_us', 3600000000, bucket),
        jsonb_build_array(day, null, 'resolution_' || verdict, 1, bucket + 40),
        jsonb_build_array(day, null, 'resolution_timed', 1, bucket + 40),
        jsonb_build_array(day, null, 'resolution_us', 28800000000, bucket + 40))
    from (select *, (at at time zone 'Asia/Ho_Chi_Minh')::date as day,
              case when met then 'met' else 'missed' end as verdict from drawn) as judged"""


async def board_ms(postgres: PostgresServer) -> dict[str, Any]:
    """The 95th percentile of one look at a board, milliseconds, over both sizes in turn."""
    worlds = [await _filled(postgres, size) for size in SIZES]
    times: list[list[float]] = [[] for _ in SIZES]
    for look in range(LOOKS):
        for store, found in zip(worlds, times, strict=True):
            for code, by in BOARDS:
                begun = time.perf_counter()
                async with store.read() as connection:
                    place = await places.unit_by_code(connection, code or "")
                    await make_rows(connection, place, by, this_month(WEDNESDAY), WEDNESDAY)
                if look:  # the first one fills caches
                    found.append((time.perf_counter() - begun) * 1000)
    for store in worlds:
        await store.close()
    small, large = (sorted(found)[int(len(found) * 0.95)] for found in times)
    medians = [statistics.median(found) for found in times]
    return {
        "board_10000_p95_ms": round(small, 1),
        "board_1000000_p95_ms": round(large, 1),
        "board_ratio": round(large / small, 2),
        "board_median_ratio": round(medians[1] / medians[0], 2),
    }


async def _filled(postgres: PostgresServer, size: int) -> Store:
    """A year of closed tickets over the communes of a province, folded."""
    house = await House(postgres.fresh_database("assign"), postgres.log.parent).begin()
    store = house.store
    async with store.begin() as unit:
        communes = (
            await unit.execute(text("select count(*) from administrativeunit where kind <> 'province'"))
        ).scalar()
        await unit.execute(text(_DRAWN).bindparams(size=size, now=WEDNESDAY, communes=communes))
        await unit.execute(text(_TICKETS))
        await unit.execute(text(_CHANGES))
        await unit.execute(text("drop table drawn"))
    clock = World("postgresql+asyncpg://").clock
    while await Folding(store, clock, 100_000).work():
        pass
    async with store.engine.connect() as connection:
        await (await connection.execution_options(isolation_level="AUTOCOMMIT")).execute(text("vacuum analyze"))
    return store


async def change_cost(postgres: PostgresServer, rounds: int = 250) -> dict[str, Any]:
    """A ticket's life (opened, accepted, started, resolved), counted and not, in turn: medians in milliseconds."""
    world = await World(postgres.fresh_database("assign")).begin()
    await world.team("near", metres=100, capacity=10_000)
    times: dict[bool, list[float]] = {True: [], False: []}
    for number in range(2 * rounds):
        counted = bool(number % 2)
        opening.keep = work.keep = keeping.keep if counted else _nothing
        event = await world.request(commune=COMMUNE, at=WEDNESDAY - timedelta(minutes=1))
        begun = time.perf_counter()
        await world.submit(event)
        await world.act(event.code, Action.ACCEPTANCE, member("near"))
        await world.act(event.code, Action.START, member("near"))
        await world.act(event.code, Action.RESOLUTION, member("near"), outcome="solved")
        times[counted].append((time.perf_counter() - begun) * 1000)
    opening.keep = work.keep = keeping.keep
    await world.close()
    with_it, without = (statistics.median(times[counted][20:]) for counted in (True, False))
    return {
        "life_counted_ms": round(with_it, 2),
        "life_uncounted_ms": round(without, 2),
        "counting_ratio": round(with_it / without, 3),
    }


async def _nothing(*_: Any) -> None:
    """In place of counting."""
