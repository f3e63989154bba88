"""intake's tables: as the migration makes them; each hot query is served by an index, however full the tables are."""

from collections.abc import Sequence
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, event, text

from services.intake.base import IntakeTable
from services.intake.catalogue.store import Entry, changed_since
from services.intake.limits import Count, forget_tallies, used_up
from services.intake.requests.store import filed_under, first_request, forget_keys
from services.intake.tracking.guessing import A_CODE
from services.intake.tracking.store import joinable, open_alike, team_name, tickets_of, track
from shared.store.migrate import VERSION_TABLE
from tests.service.intake.world import WEDNESDAY, World

FULL = """
insert into request select uuidv7(), (100000000 + n)::text, n % 10 = 0, 'web', 'payments', 'x', '+8490' || (n / 5),
    null, 'vi', '24133@2025-07-01', null, null, null, now(), now(), now(), 0 from generate_series(1, 20000) n;
insert into ticketstatus select (100000000 + n)::text, 1, 'offered', 'payments', null, null, null, now(), now(), now()
    from generate_series(1, 20000) n;
insert into timelineentry select uuidv7(), (100000000 + n)::text, 1, now(), 'offered', '{}'
    from generate_series(1, 20000) n;
insert into declined select uuidv7(), (100000000 + n)::text, 1, now(), 'T-1' from generate_series(1, 20000) n;
insert into person select 'p' || n, 1, 'x', null, 'T-' || (n / 6), 'Tổ' from generate_series(1, 20000) n;
insert into once select 'k' || n, '', uuidv7(), now() + n * interval '1 second' from generate_series(1, 20000) n;
insert into tally select 't' || n, 1, now() + n * interval '1 second' from generate_series(1, 20000) n;
insert into catalogueentry select 'village', 'f' || n, 1, n, '{}' from generate_series(100, 20000) n;
analyze
"""


async def test_the_migration_makes_what_the_tables_say(intake: World) -> None:
    def difference(connection: Connection) -> Sequence[Any]:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE, "compare_type": True})
        return compare_metadata(context, IntakeTable.metadata)

    async with intake.service.store.engine.connect() as connection:
        assert await connection.run_sync(difference) == []


@pytest.mark.slow
async def test_no_hot_query_reads_a_whole_table(intake: World) -> None:
    store = intake.service.store
    async with store.begin() as unit:
        for statement in FULL.split(";"):
            await unit.execute(text(statement))
    asked: list[tuple[str, Any]] = []
    event.listen(
        store.engine.sync_engine,
        "before_cursor_execute",
        lambda *call: asked.append((call[2], call[3])),
    )
    async with store.begin() as unit:
        connection = unit.connection
        await track(connection, "100000007")
        await joinable(connection, "100000007", "+84901")
        await open_alike(connection, "+84901", "payments", "24133@2025-07-01")
        await tickets_of(connection, "+84901")
        await team_name(connection, "T-9")
        await first_request(connection, "100000007")
        await filed_under(connection, ["k7"])
        await changed_since(connection, Entry(19_990, "village", "f19990", {}))
        await used_up(unit, [Count(A_CODE, "t7")], WEDNESDAY)
        await forget_keys(unit, WEDNESDAY, most=10)
        await forget_tallies(unit, WEDNESDAY, most=10)
        statements = [(statement, values) for statement, values in asked if "from" in statement.lower()]
        assert len(statements) >= 12
        for statement, values in statements:
            plan = await _plan(connection, statement, values)
            assert "Seq Scan" not in plan, f"{statement}\n{plan}"


async def _plan(connection: Any, statement: str, values: Any) -> str:
    raw = (await connection.get_raw_connection()).driver_connection
    return "\n".join(row[0] for row in await raw.fetch(f"explain {statement}", *values))
