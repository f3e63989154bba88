"""One routing decision over 1,147 and over 93,524 teams: the same queries as in service, nothing kept."""

import random
import statistics
import time

from sqlalchemy import insert, text

from services.assign.base import TABLES
from services.assign.offers.nearest import Need
from services.assign.offers.placing import look
from services.assign.offers.store import Spot
from services.assign.teams.tables import Team
from shared.store import Store
from shared.store.session import rows
from tests.support.servers import PostgresServer

SIZES = (1_147, 93_524)
DECISIONS = 400


async def decision_ms(postgres: PostgresServer) -> list[float]:
    """The median of one decision at each size, milliseconds, measured in turn."""
    worlds = [await _filled(postgres, size) for size in SIZES]
    times: list[list[float]] = [[] for _ in SIZES]
    for number in range(DECISIONS):
        for (store, spots), found in zip(worlds, times, strict=True):
            async with store.begin() as unit:
                start = time.perf_counter()
                decision, _ = await look(unit, spots[number], Need("payments"), 1)
                found.append((time.perf_counter() - start) * 1000)
            assert decision.chosen
    for store, _ in worlds:
        await store.close()
    return [statistics.median(found[20:]) for found in times]


async def _filled(postgres: PostgresServer, size: int) -> tuple[Store, list[Spot]]:
    """A store with so many teams, and the places where help is needed."""
    from deploy.sample.roster import make_roster

    teams, _ = make_roster(None if size == SIZES[0] else size)
    store = Store(postgres.fresh_database("assign"), TABLES, source="assign")
    table = [
        Team(
            code=team.team_code,
            name=team.team_name,
            commune=team.commune_code,
            commune_code=team.commune_code,
            unit_path=["66", team.commune_code],
            province="66",
            lat=float(team.lat),
            lon=float(team.lon),
            skills=["payments"],
            speaks=["vi"],
            reachable=True,
        )
        for team in teams
    ]
    async with store.begin() as unit:
        for start in range(0, len(table), 2_000):
            await unit.execute(insert(Team), rows(Team, table[start : start + 2_000]))
    async with store.engine.connect() as connection:
        await (await connection.execution_options(isolation_level="AUTOCOMMIT")).execute(text("vacuum analyze team"))
    spots = [Spot(team.lat, team.lon, team.commune) for team in random.Random(1).sample(table, DECISIONS)]
    return store, spots
