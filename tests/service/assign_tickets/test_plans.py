"""The hot queries run on an index, whatever the tables hold."""

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.dialects import postgresql

from services.assign.escalation import store as auditing
from services.assign.offers import store as offers
from services.assign.tickets import store as tickets
from shared.store.lean import fetch
from tests.support.assign import CENTRE, COMMUNE, WEDNESDAY, World

TEAMS = """
insert into team (code, name, commune, commune_code, unit_path, province, lat, lon, skills, speaks, reachable, capacity,
    open_offers, accepted, retired, notes, revision)
select 't' || n, 'Tổ ' || n, 'c' || n % 900, 'c' || n % 900, array['66', 'c' || n % 900], '66',
    8.5 + (n * 7919 % 14000) / 1000.0, 103 + (n * 104729 % 6000) / 1000.0, '{payments}', '{vi}',
    true, 5, 0, 0, false, '{}', 1
from generate_series(1, 20000) n"""
TICKETS = """
insert into ticket (code, version, status, category, urgent, channel, language, requests, province, commune,
    commune_code, commune_name, unit_path, lat, lon, near, submitted_at, policy, pauses, response_due, resolution_due,
    marks, next_action, next_at, seeking, reopened)
select n::text, 1, case when open then 'offered' else 'closed' end, 'payments', false, 'web', 'vi', '{}', '66',
    'c' || n % 100, 'c' || n % 100, 'Xã', array['66', 'c' || n % 100], 12, 108, 'c', now() - n * interval '1 minute',
    '{}', '[]', now(), now(), '{}', case when open then 'widen' end,
    case when open then now() + n * interval '1 second' end, false, 0
from generate_series(1, 20000) n, lateral (select n % 50 = 0 as open)"""

OFFERS = """
insert into offer (id, code, team, team_name, metres, open, at, ring_at, outcome)
select gen_random_uuid(), n::text, 't' || n % 300, 'Tổ', 1, 0, now(), now(),
    case when n % 9 = 0 then 'open' else 'taken' end
from generate_series(1, 20000) n"""


@pytest.fixture
async def full(world: World) -> World:
    async with world.store.begin() as unit:
        await unit.execute(text(TEAMS))
        await unit.execute(text(TICKETS))
        await unit.execute(text(OFFERS))
    async with world.store.engine.connect() as connection:
        await (await connection.execution_options(isolation_level="AUTOCOMMIT")).execute(text("analyze"))
    return world


async def plan(world: World, statement: Any, *values: Any) -> str:
    if not isinstance(statement, str):
        statement = str(statement.compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True}))
    async with world.store.read() as connection:
        return "\n".join(line for (line,) in await fetch(connection, f"explain {statement}", *values))


async def test_the_nearest_teams_come_from_the_index_of_points(full: World):
    found = await plan(full, offers.CANDIDATES, *offers.point(*CENTRE), COMMUNE, "", 12, 12)
    assert "team_point" in found
    assert "Seq Scan on team" not in found


async def test_what_is_due_comes_from_its_index(full: World):
    for statement, index in ((tickets._DUE, "ticket_step"), (tickets._ASKING, "ticket_ask")):
        found = await plan(full, f"select * from ticket {statement}", WEDNESDAY, 50)
        assert index in found
        assert "Seq Scan" not in found
    assert "Seq Scan" not in await plan(full, tickets._NEXT)


async def test_the_auditor_reads_open_tickets_alone(full: World):
    for statement, *values in (
        (auditing._OPEN, auditing._ALIVE),
        (auditing._WITHOUT, auditing._ALIVE, 100),
        (auditing._OVERDUE, WEDNESDAY),
        (auditing._LATE, WEDNESDAY, 100),
        (auditing._COMING, WEDNESDAY, WEDNESDAY),
    ):
        assert "Seq Scan on ticket" not in await plan(full, statement, *values), statement


async def test_lists_of_tickets_are_bounded_and_on_an_index(full: World):
    newest = await plan(full, tickets.selection(units=["c7"]).limit(51))
    assert "Seq Scan on ticket" not in newest
    first_page = await plan(full, tickets.selection().limit(51))
    assert "ticket_submitted" in first_page


async def test_a_team_s_open_offers_come_from_their_index(full: World):
    found = await plan(full, "select * from offer where team = 't1' and code = 'x' and outcome = 'open'")
    assert "offer_open" in found


async def test_who_is_looked_at_again_comes_from_a_small_index(full: World):
    found = await plan(full, offers.LOOK_AGAIN, ["t1"], WEDNESDAY, 0.5)
    assert "Seq Scan on ticket" not in found
