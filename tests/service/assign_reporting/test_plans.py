"""The figures of a month never read the whole table: each query is served by an index."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import TextClause, text

from services.assign.reporting import store
from services.assign.reporting.period import this_month
from services.assign.reporting.store import Question
from tests.support.assign import WEDNESDAY, World

VALUES = Question("66", this_month(WEDNESDAY)).values()
MOMENTS: dict[str, Any] = {"unit": "66", "depth": 2, "moments": [WEDNESDAY], "open": ["offered"]}


@pytest.mark.parametrize("by", ["unit", "team", "category", "channel", "day", "all"])
@pytest.mark.parametrize(
    ("statement", "values"),
    [(store._dated, VALUES), (store._happened, VALUES), (store._open_at, MOMENTS)],
    ids=["clocks", "history", "open"],
)
async def test_a_query_is_served_by_an_index(
    world: World, statement: Callable[[Any], TextClause], values: dict[str, Any], by: str
):
    asked = str(statement(by))
    async with world.store.read() as connection:
        await connection.execute(text("set local enable_seqscan = off"))
        bound = text(f"explain {asked}").bindparams(**{k: v for k, v in values.items() if f":{k}" in asked})
        plan = "\n".join((await connection.execute(bound)).scalars())
    assert "Seq Scan on ticket" not in plan and "Seq Scan on change" not in plan, plan
