"""The figures of a month never read a whole table: each query is served by an index."""

import re
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from sqlalchemy import TextClause, text

from services.assign.counting.store import NAMES
from services.assign.reporting import store
from services.assign.reporting.period import day_of, this_month
from services.assign.reporting.store import Only, Question
from shared.clock import midnight
from tests.support.assign import WEDNESDAY, World

MONTH = this_month(WEDNESDAY)
MOMENTS: dict[str, Any] = {
    "start": midnight(MONTH.first),
    "end": WEDNESDAY,
    "now": WEDNESDAY,
    "today": day_of(WEDNESDAY),
    "most": 100,
}


@pytest.mark.parametrize("by", ["unit", "team", "category", "channel", "day", "all"])
@pytest.mark.parametrize(
    "statement",
    [store._counts, store._most, store._overdue, store._open, partial(store._times, clock="resolution")],
    ids=["counts", "most", "overdue", "open", "times"],
)
async def test_a_query_is_served_by_an_index(world: World, statement: Callable[[Any], TextClause], by: Any):
    plan = await plan_of(world, statement(by), Question("66", MONTH, by, depth=2))
    assert not any(f"Seq Scan on {table}" in plan for table in ("ticket", "counted_day", "counted_open")), plan


async def test_of_a_thousand_teams_only_those_on_the_page_are_read(world: World):
    """The index finds them by their keys: else a board of a province would read every team's days."""
    async with world.store.begin() as unit:
        zeros = re.sub("[a-z_]+", "0", NAMES)
        teams = "generate_series(1, 1000) as team, generate_series(0, 24) as day"
        days = f"select '66', 'team', 'T' || team, date '2026-11-01' + day, {zeros} from {teams}"
        await unit.execute(text(f"insert into counted_day (unit, by, key, day, {NAMES}) {days}"))
        await unit.execute(text("analyze counted_day"))
    question = Question("66", MONTH, "team", among=["T1", "T2"])
    plan = await plan_of(world, store._counts("team", among=True), question)
    assert re.search(r"Index Cond: .*unit = '66'.*key = ANY.*day", plan), plan


async def plan_of(world: World, statement: TextClause, question: Question) -> str:
    asked, values = str(statement), question.values() | MOMENTS
    async with world.store.read() as connection:
        await connection.execute(text("set local enable_seqscan = off"))
        bound = text(f"explain {asked}").bindparams(**{k: v for k, v in values.items() if f":{k}" in asked})
        return "\n".join((await connection.execute(bound)).scalars())


def test_rows_of_another_dimension_than_the_one_chosen_are_refused():
    assert Question("66", MONTH, "unit", only=Only("category", "payments")).values()["kind"] == "category"
    with pytest.raises(ValueError, match="rows by team of one category"):
        Question("66", MONTH, "team", only=Only("category", "payments"))
