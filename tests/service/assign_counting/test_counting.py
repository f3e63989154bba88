"""Figures are kept with each change: folded or not, counted anew or not, they are the same."""

import asyncio
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import text

from deploy.cli.figures import rebuild_figures
from services.assign.counting.folding import Folding
from services.assign.counting.recounting import Recounting, rebuild
from services.assign.counting.times import ERROR
from services.assign.reporting import report
from services.assign.reporting.period import Period, day_of
from services.assign.reporting.report import Row, make_report
from services.assign.reporting.store import By, Only, Question
from services.assign.tickets.lifecycle import Action
from tests.support.assign import NEIGHBOUR, OPERATOR, WEDNESDAY, World, member

DAYS: list[By] = ["unit", "team", "category", "channel", "day", "all"]
DEPTH = {"66": 2, "24121": 2, None: 1}


async def figures(world: World, **more: Any) -> dict[str, dict[Any, Row]]:
    """Every figure there is, of everything, the province and a commune."""
    last = day_of(world.clock.now())
    period = Period(last - timedelta(days=30), last)
    found = {}
    async with world.store.read() as connection:
        for unit, depth in DEPTH.items():
            for by in DAYS:
                question = Question(unit, period, by, depth)
                found[f"{unit} by {by}"] = await make_report(connection, question, world.clock.now())
    return found


async def some_lives(world: World, seed: int, days: int = 3) -> None:
    """A few days in which all kinds of things happen."""
    dice = Random(seed)
    for name, metres, commune in (("a", 100, None), ("b", 700, None), ("c", 9_000, NEIGHBOUR)):
        await world.team(name, metres=metres, **({"commune": commune} if commune else {}))
    codes: list[str] = []
    for day in range(days):
        for step in range(5):
            await world.at(WEDNESDAY + timedelta(days=day, hours=step * 1.5, minutes=dice.randrange(60)))
            where = {"commune": NEIGHBOUR} if dice.random() < 0.3 else {}
            codes.append(await world.ask(category=dice.choice(["payments", "device", "scam_safety"]), **where))
            for code in dice.sample(codes, min(4, len(codes))):
                await something(world, code, dice)


async def something(world: World, code: str, dice: Random) -> None:
    """One thing that is possible now, or nothing."""
    ticket = await world.ticket(code)
    asked = [team for team, outcome in (await world.outcomes(code)).items() if outcome == "open"]
    match ticket.status:
        case "offered" if asked and dice.random() < 0.7:
            await world.act(code, Action.ACCEPTANCE, member(asked[0]))
        case "offered" if asked:
            await world.act(code, Action.REFUSAL, member(asked[0]), reason="busy")
        case "accepted" if dice.random() < 0.3:
            until = world.clock.now() + timedelta(hours=20)
            await world.act(code, Action.WAITING, member(str(ticket.team)), reason="hẹn", until=until)
        case "accepted" | "in_progress" | "reopened":
            await world.act(code, Action.RESOLUTION, member(str(ticket.team)), outcome="solved")
        case "resolved" if ticket.stars is None and dice.random() < 0.5:
            await world.act(code, Action.RATING, None, stars=dice.randint(1, 5))
        case "resolved":
            await world.act(code, Action.REOPENING, None, reason="chưa xong")
        case "waiting" if dice.random() < 0.3:
            await world.act(code, Action.CANCELLATION, OPERATOR, reason="thôi")
        case _:
            pass


@pytest.mark.parametrize("seed", [1, 2])
async def test_folded_or_not_the_figures_are_the_same(world: World, seed: int):
    await some_lives(world, seed)
    unfolded = await figures(world)
    assert await Folding(world.store, world.clock).work() is None
    assert await left(world, "counted_change") == 0
    assert await figures(world) == unfolded
    some = unfolded["66 by all"]["all"]
    assert some.submitted == 15 and some.resolved and some.ratings and some.figures["response"].met


async def test_counted_anew_from_history_nothing_differs(world: World):
    await some_lives(world, 3)
    await Folding(world.store, world.clock).work()
    before = await figures(world)
    assert await rebuild(world.store) == (0, 0)
    assert await figures(world) == before


@pytest.mark.parametrize("folded", [True, False])
async def test_what_was_lost_or_spoilt_is_made_anew(world: World, folded: bool):
    await some_lives(world, 4)
    before = await figures(world)
    if folded:
        await Folding(world.store, world.clock).work()
    async with world.store.begin() as unit:
        for spoilt in (
            "delete from counted_day where unit = '66' and by = 'category'",
            "update counted_day set submitted = submitted + 3, response_times = response_times + 1 where by = 'all'",
            "delete from counted_open where by = 'team'",
            "delete from counted_change where id % 3 = 0",
            "update ticket set counted = null where code < '3'",
            """update ticket set counted = jsonb_set(counted, '{happened,0,3}', '7') where code > '7'""",
        ):
            await unit.execute(text(spoilt))
    differing, wrong = await rebuild(world.store)
    assert differing > 0 and wrong > 0
    assert await figures(world) == before
    assert await rebuild(world.store) == (0, 0)


async def test_a_store_from_before_is_counted_by_itself(world: World):
    await some_lives(world, 5)
    before = await figures(world)
    async with world.store.begin() as unit:
        await unit.execute(text("truncate counted_change, counted_day, counted_open"))
        await unit.execute(text("update ticket set counted = null, response_worked_s = null"))
    await Recounting(world.store, world.clock).work()
    assert await figures(world) == before


async def test_the_command_says_what_had_been_wrong(world: World, dsn: str, tmp_path: Path, monkeypatch: Any):
    await some_lives(world, 9, days=1)
    for service in ("intake", "assign", "notify"):
        (tmp_path / f"{service}_database_url").write_text(dsn)
    monkeypatch.setenv("SECRETS_DIR", str(tmp_path))
    said: list[str] = []
    await asyncio.to_thread(rebuild_figures, said.append)
    async with world.store.begin() as unit:
        await unit.execute(text("update counted_change set category = 'other' where id = 1"))
    await asyncio.to_thread(rebuild_figures, said.append)
    assert said[0] == "All figures are what the history says."
    assert said[1].startswith("0 tickets had been counted otherwise than their history says, ")
    assert said[1].endswith(" days were wrong: mended.")


async def test_two_that_fold_at_once_count_nothing_twice(world: World):
    await some_lives(world, 6)
    before = await figures(world)
    await asyncio.gather(*(Folding(world.store, world.clock).work() for _ in range(4)))
    assert await figures(world) == before
    assert await left(world, "counted_change") == 0


async def test_many_times_are_read_from_the_histogram_within_its_error(world: World, monkeypatch: pytest.MonkeyPatch):
    await some_lives(world, 7)
    exact = (await figures(world))["66 by all"]["all"].figures
    monkeypatch.setattr(report, "EXACT", 0)
    nearly = (await figures(world))["66 by all"]["all"].figures
    for clock in ("response", "resolution"):
        assert (nearly[clock].met, nearly[clock].missed) == (exact[clock].met, exact[clock].missed)
        assert nearly[clock].mean_s == pytest.approx(exact[clock].mean_s, abs=0.001)
        for name in ("median_s", "p90_s", "p95_s"):
            assert getattr(nearly[clock], name) == pytest.approx(getattr(exact[clock], name), rel=ERROR, abs=30)


async def test_figures_of_one_category_are_its_row(world: World):
    await some_lives(world, 8)
    found = await figures(world)
    last = day_of(world.clock.now())
    period = Period(last - timedelta(days=30), last)
    for folded in (False, True):
        if folded:
            await Folding(world.store, world.clock).work()
        async with world.store.read() as connection:
            only = Question("66", period, "all", only=Only("category", "payments"))
            alone = await make_report(connection, only, world.clock.now())
            by_unit = Question("66", period, "unit", 2, Only("category", "payments"))
            communes = await make_report(connection, by_unit, world.clock.now())
        assert alone["all"] == found["66 by category"]["payments"]
        assert sum(row.submitted for row in communes.values()) == alone["all"].submitted
        assert communes["24121"] == found["24121 by category"]["payments"]


async def left(world: World, table: str) -> int:
    async with world.store.read() as connection:
        return (await connection.execute(text(f"select count(*) from {table}"))).scalar_one()
