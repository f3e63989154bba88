"""3.4: one definition for each figure: of generated lives of tickets the product says what the slow way says.

`LIVES=long` lives many more, and others each time.
"""

import asyncio
import os
from dataclasses import asdict
from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from services.assign.counting.recounting import rebuild
from services.assign.places import store as places
from services.assign.reporting.api import ReadBy, make_rows
from services.assign.reporting.definitions import ClockFigures
from services.assign.reporting.period import Period
from services.assign.reporting.report import Row
from tests.service.assign_reporting import slow_figures as slow
from tests.service.assign_reporting.deeds import Lives
from tests.support.assign import COMMUNE, NEIGHBOUR, PROVINCE
from tests.support.databases import Databases
from tests.support.servers import PostgresServer

IS_LONG = os.environ.get("LIVES") == "long"
CATEGORIES, COMMUNES = ("payments", "device", "scam_safety"), (COMMUNE, NEIGHBOUR)
BY: tuple[ReadBy, ...] = ("unit", "team", "category", "channel", "day")
PLACES = {"66": None, "24121": "24121", "24133": "24133"}
FIRST, LAST = date(2026, 12, 28), date(2027, 1, 20)
ticket, person, value = st.integers(0, 4), st.integers(0, 3), st.integers(0, 40)
category, commune = st.sampled_from(CATEGORIES), st.sampled_from(COMMUNES)

ask = st.tuples(
    st.just("ask"), category, commune, st.sampled_from(["web", "hotline", "sms"]), st.sampled_from([0, 0, 90, 1500])
)
act = st.tuples(st.just("act"), ticket, st.integers(0, 30), person, value)
time = st.tuples(
    st.sampled_from(["passes", "passes", "sleeps"]), st.sampled_from([1, 20, 45, 90, 240, 600, 1440, 4320])
)
correct = st.tuples(st.just("correct"), ticket, category, commune, st.booleans())
promise = st.tuples(
    st.just("promise"),
    category,
    st.sampled_from(["", PROVINCE, COMMUNE, NEIGHBOUR]),
    st.sampled_from([(20, 60), (60, 240), (240, 1440), (600, 4800)]),
    st.booleans(),
    st.booleans(),
)
look = st.tuples(st.just("look"), st.integers(0, 9), st.integers(0, 9), st.sampled_from([0, 0, 200, 4000]))
again = st.tuples(st.sampled_from(["join", "doubled"]), ticket)
unreached = st.tuples(st.just("unreached"), ticket, person)
folds = st.tuples(st.just("folds"))
often = [act] * 18 + [time] * 6 + [ask]
rare = [correct, correct, promise, again, unreached, look, folds]
deed = st.sampled_from([*often, *rare]).flatmap(lambda chosen: chosen)


@settings(
    max_examples=400 if IS_LONG else 6,
    derandomize=not IS_LONG,
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate, Phase.shrink] if IS_LONG else [Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(first=st.lists(ask, min_size=3, max_size=5), deeds=st.lists(deed, min_size=30, max_size=80))
def test_every_figure_is_the_slow_one(postgres: PostgresServer, first: list[Any], deeds: list[Any]):
    databases = Databases.of(postgres)
    dsn = databases.take("assign")
    try:
        asyncio.run(_live(dsn, [*first, *deeds]))
    finally:
        databases.give_back("assign", dsn)


async def _live(dsn: str, deeds: list[Any]) -> None:
    lives = await Lives.begin(dsn)
    try:
        for kind, *what in deeds:
            if kind == "look":
                await _compare(lives, FIRST + timedelta(days=what[0]), what[1], what[2])
            else:
                await getattr(lives, kind)(*what)
                await lives.read_histories()
        await _compare(lives, FIRST, (LAST - FIRST).days, 0)
        assert await rebuild(lives.world.store) == (0, 0), "from history the same numbers come again"
        await _compare(lives, FIRST, (LAST - FIRST).days, 0)
    finally:
        await lives.world.close()


async def _compare(lives: Lives, first: date, more_days: int, ahead: int) -> None:
    """Every row of every kind, in the province and in each commune; later, too, when nobody has looked meanwhile."""
    last = first + timedelta(days=more_days)
    slow.judge(lives.lives)
    for (unit, commune), by in product(PLACES.items(), BY):
        found = await _rows(lives, unit, by, Period(first, last), ahead)
        expected = slow.rows(lives.lives, commune, by, first, last, lives.now + ahead)
        for key in expected | found:
            _same(f"{unit} by {by}: {key}", found.get(key, Row()), expected.get(key, slow.NOTHING))


async def _rows(lives: Lives, unit: str, by: ReadBy, period: Period, ahead: int) -> dict[str | None, Row]:
    async with lives.world.store.read() as connection:
        place = await places.unit_by_code(connection, unit)
        return await make_rows(connection, place, by, period, lives.world.clock.now() + timedelta(minutes=ahead))


def _same(what: str, found: Row, expected: dict[str, Any]) -> None:
    for name in slow.COUNTS:
        assert getattr(found, name) == expected[name], (what, name)
    assert found.rating_mean == pytest.approx(expected["rating_mean"], abs=0.001), what
    for clock in slow.CLOCKS:
        figures = asdict(found.figures.get(clock, ClockFigures()))
        assert figures == pytest.approx(expected[clock], abs=0.001), (what, clock)
