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


async def decision_ms(postgres: PostgresServer, size: int) -> float:
    """The median of one decision, milliseconds."""
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
    times = []
    async with store.begin() as unit:
        for spot in spots:
            start = time.perf_counter()
            decision, _ = await look(unit, spot, Need("payments"), 1)
            times.append((time.perf_counter() - start) * 1000)
            assert decision.chosen
    await store.close()
    return statistics.median(times[20:])
