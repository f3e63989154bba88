"""What figures cost: pages over 10,000 and over 1,000,000 tickets of one year; changes with and without counting."""

import statistics
import time
from datetime import timedelta
from typing import Any

from sqlalchemy import text

from services.assign.counting import keeping
from services.assign.counting.folding import Folding
from services.assign.tickets import opening, work
from services.assign.tickets.lifecycle import Action
from shared.identity import Role
from tests.support.assign import COMMUNE, WEDNESDAY, World, member
from tests.support.assign_house import TEAMS as TEAM_COLUMNS
from tests.support.assign_house import House
from tests.support.servers import PostgresServer

SIZES = (10_000, 1_000_000)
OPEN = 300
"""Open ones are as many in both: work in hand does not grow with the years."""
TEAMS = 11
"""Of each commune."""
LOOKS = 25
LOOKED_AT = (
    "/supervisor",
    *(f"/supervisor/board?by={by}" for by in ("unit", "team", "category", "channel", "day")),
    *(f"/supervisor/board?unit=24121&by={by}" for by in ("unit", "team", "category", "day")),
    "/supervisor/board?period=today",
    "/supervisor/board?period=last_month&by=day&category=payments",
    "/supervisor/sheet",
    *(f"/api/v1/metrics?unit=66&by={by}" for by in ("unit", "team", "category", "channel", "day")),
)
_DRAWN = """
    create table drawn as
    select *, row_number() over (order by at desc) <= :open as held,
        (at at time zone 'Asia/Ho_Chi_Minh')::date as day
    from (
        select lpad(cast(n as text), 9, '0') as code, commune, commune || '-' || floor(random() * :teams) as team,
            (array['public_services', 'identity_account', 'payments', 'ecommerce', 'device', 'training'])
                [1 + floor(random() * 6)] as category,
            (array['web', 'web', 'hotline', 'sms'])[1 + floor(random() * 4)] as channel,
            cast(:now as timestamptz) - random() * interval '365 days' as at, random() < 0.9 as met,
            cast(40 + 60 * random() + 60 * random() as int) as bucket
        from (select n, (select array_agg(code order by code) from administrativeunit where kind <> 'province')
                  [1 + floor(random() * :communes)] as commune
              from generate_series(1, :size) as n) as numbered) as drawn
    order by at"""
"""In the order in which they come in life: what is of one day lies together."""
_TICKETS = """
    insert into ticket (code, version, status, category, urgent, channel, language, requests, province, commune,
        commune_code, commune_name, unit_path, lat, lon, near, submitted_at, policy, pauses, response_due,
        resolution_due, response_met_at, resolution_met_at, response_worked_s, resolution_worked_s, marks, seeking,
        team, ended_at, next_action, next_at, reopened, counted)
    select code, 3, case when held then 'accepted' else 'closed' end, category, false, channel, 'vi', '{}', '66',
        commune || '@2025-07-01', commune, '', array['66', commune], 12, 108, commune, at, '{}', '[]',
        at + interval '2 hours', at + interval '3 days', at + interval '1 hour',
        case when not held then at + interval '1 day' end, 3600, case when not held then 28800 end, '{}', false, team,
        case when not held then at + interval '4 days' end, case when held then 'resolution_breach' end,
        case when held then at + interval '3 days' end, 0, '{}'
    from drawn"""
_CHANGES = """
    insert into counted_change (unit_path, category, channel, team, entries)
    select array['66', commune], category, channel, team, jsonb_build_array(
        jsonb_build_array(day, null, 'submitted', 1, null), jsonb_build_array(day, null, 'offers', 1, null),
        jsonb_build_array(day, null, 'response_' || verdict, 1, bucket),
        jsonb_build_array(day, null, 'response_timed', 1, bucket),
        jsonb_build_array(day, null, 'response_us', 3600000000, bucket)) || case
        when held then jsonb_build_array(
            jsonb_build_array(day, null, 'opened', 1, null),
            jsonb_build_array(day, null, 'resolution_running', 1, null))
        else jsonb_build_array(
            jsonb_build_array(day, null, 'resolution_' || verdict, 1, bucket + 40),
            jsonb_build_array(day, null, 'resolution_timed', 1, bucket + 40),
            jsonb_build_array(day, null, 'resolution_us', 28800000000, bucket + 40)) end
    from (select *, case when met then 'met' else 'missed' end as verdict from drawn) as judged"""


async def board_ms(postgres: PostgresServer) -> dict[str, Any]:
    """One look at each page and answer, as a province's supervisor, over both sizes in turn: milliseconds."""
    dsns = [await _filled(postgres, size) for size in SIZES]
    postgres.stop()
    postgres.start()  # with the buffers that so much data is given
    houses = [_house(postgres, dsn) for dsn in dsns]
    callers = [house.caller(Role.SUPERVISOR, unit="66") for house in houses]
    times: list[dict[str, list[float]]] = [{address: [] for address in LOOKED_AT} for _ in SIZES]
    for look in range(LOOKS):
        for address in LOOKED_AT:
            for caller, found in zip(callers, times, strict=True):
                begun = time.perf_counter()
                (await caller.get(address)).raise_for_status()
                if look:  # the first one fills caches
                    found[address].append((time.perf_counter() - begun) * 1000)
    for house in houses:
        await house.close()
    small, large = ([one for each in found.values() for one in each] for found in times)
    by_address = {address: [round(statistics.median(found[address]), 1) for found in times] for address in LOOKED_AT}
    return {
        "board_10000_p95_ms": round(_p95(small), 1),
        "board_1000000_p95_ms": round(_p95(large), 1),
        "board_ratio": round(_p95(large) / _p95(small), 2),
        "board_median_ratio": round(statistics.median(large) / statistics.median(small), 2),
        "board_medians_ms": by_address,
    }


def _p95(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.95)]


def _house(postgres: PostgresServer, dsn: str) -> House:
    """At the world's time."""
    house = House(dsn, postgres.log.parent)
    house.service.clock = house.service.app.state.clock = World("postgresql+asyncpg://").clock
    return house


async def _filled(postgres: PostgresServer, size: int) -> str:
    """A year of tickets over the communes of a province, all but the last ones closed, folded by the day."""
    house = await _house(postgres, postgres.fresh_database("assign")).begin()
    communes = await house.all("select code, lat, lon from administrativeunit where kind <> 'province'")
    rows = [
        f"{one['code']}-{number},Tổ {number},Thôn {number},{one['code']},{one['lat']},{one['lon']}"
        for one in communes
        for number in range(TEAMS)
    ]
    (await house.roster("\n".join([TEAM_COLUMNS, *rows]))).raise_for_status()
    async with house.store.begin() as unit:
        drawn = text(_DRAWN).bindparams(size=size, now=WEDNESDAY, communes=len(communes), open=OPEN, teams=TEAMS)
        for statement in (drawn, text(_TICKETS), text(_CHANGES), text("drop table drawn")):
            await unit.execute(statement)
    while await Folding(house.store, house.service.clock, size // 365).work():
        pass
    async with house.store.engine.connect() as connection:
        await (await connection.execution_options(isolation_level="AUTOCOMMIT")).execute(text("vacuum analyze"))
    await house.close()
    return house.settings.database_url


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
