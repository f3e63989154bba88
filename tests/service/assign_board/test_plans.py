"""What the board and its live watch ask is served by indexes; only the few thousand places are read whole."""

from typing import Any, get_args

import pytest
from sqlalchemy import TextClause, text

from services.assign.reporting.api import ReadBy
from services.assign.reporting.supervisor.board.store import ages_statement
from services.assign.reporting.supervisor.live import store as live
from services.assign.teams.store import WITHOUT_TEAM
from tests.support.assign import WEDNESDAY, World

ASKED: dict[str, Any] = {
    "unit": "66",
    "depth": 2,
    "open": ["offered"],
    "today": WEDNESDAY,
    "few": WEDNESDAY,
    "week": WEDNESDAY,
    "only": "payments",
    "most": 10,
}


async def plan(world: World, statement: TextClause | str) -> str:
    asked = text(f"explain {statement}")
    values = {name: value for name, value in ASKED.items() if f":{name}" in str(statement)}
    async with world.store.read() as connection:
        await connection.execute(text("set local enable_seqscan = off"))
        return "\n".join((await connection.execute(asked, values)).scalars())


@pytest.mark.parametrize("only", [None, "category"])
@pytest.mark.parametrize("by", get_args(ReadBy))
async def test_the_age_of_open_work_is_found_by_an_index(world: World, by: ReadBy, only: Any):
    assert "Seq Scan on ticket" not in await plan(world, ages_statement(by, only))


async def test_communes_without_a_team_read_no_table_of_teams(world: World):
    assert "Seq Scan on team" not in await plan(world, WITHOUT_TEAM)


@pytest.mark.parametrize("statement", [live.NEWEST, live.SINCE, live.PLACES])
async def test_a_look_at_the_history_reads_only_what_is_new(world: World, statement: str):
    with_values = statement.replace("any($1)", "any(array['1'])").replace("$1", "5").replace("$2", "10")
    found = await plan(world, with_values)
    assert "Seq Scan" not in found, found
