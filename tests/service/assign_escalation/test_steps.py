"""Leader, commune, province: each once, each told what is late; after downtime by the written rule."""

from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import text

from services.assign.tickets.lifecycle import Action
from tests.support.assign import NEIGHBOUR, SUPERVISOR, WEDNESDAY, World, member

MONTH = timedelta(days=31)
PROVINCE_WATCHER = "s-66@20"


async def told(world: World, code: str, *types: str) -> list[dict[str, Any]]:
    """What was told of a ticket, in order."""
    async with world.store.read() as connection:
        found = await connection.execute(
            text(
                """select headers->>'ce-type' as type, body from outbox
                where about = :code and headers->>'ce-type' = any(:types) order by position"""
            ),
            {"code": code, "types": list(types)},
        )
        return [orjson.loads(row.body) | {"type": row.type} for row in found]


async def escalated(world: World, code: str, what: str) -> list[tuple[str, list[str]]]:
    events = await told(world, code, "tickets.escalated")
    return [(event["level"], event["told"]) for event in events if event["what"] == what and not event["again"]]


async def test_each_level_is_told_once_for_each_clock(world: World):
    await world.team("silent", metres=100)
    code = await world.ask()
    await world.at(WEDNESDAY + MONTH)
    for what in ("response", "resolution"):
        assert await escalated(world, code, what) == [
            ("leader", ["L-silent"]),
            ("commune", ["s-24121"]),
            ("province", [PROVINCE_WATCHER]),
        ]


async def test_a_new_round_that_is_exhausted_is_told_again(world: World):
    await world.team("near", metres=100)
    await world.team("far", metres=900)
    code = await world.ask()
    await world.at(WEDNESDAY + timedelta(hours=1))
    assert len(await escalated(world, code, "silence")) == 1
    await world.act(code, Action.REASSIGNMENT, SUPERVISOR, team="near", reason="gần nhất")
    await world.at(WEDNESDAY + timedelta(hours=2))
    assert len(await escalated(world, code, "silence")) == 2


async def test_what_nobody_has_goes_to_the_supervisors(world: World):
    await world.team("away", metres=16_000, commune=NEIGHBOUR)
    code = await world.ask()
    assert (await world.ticket(code)).status == "unrouted"
    await world.at(WEDNESDAY + timedelta(days=2))
    assert await escalated(world, code, "response") == [("commune", ["s-24121"]), ("province", [PROVINCE_WATCHER])]


async def test_where_a_commune_has_no_supervisor_the_unit_above_is_told(world: World):
    await world.team("silent", metres=100)
    async with world.store.begin() as unit:
        await unit.execute(text("update supervisor set retired = true where unit_code = '24121'"))
    code = await world.ask()
    await world.at(WEDNESDAY + timedelta(days=2))
    assert ("commune", [PROVINCE_WATCHER]) in await escalated(world, code, "response")


async def test_all_leaders_who_were_asked_are_told_while_nobody_has_it(world: World):
    await world.team("near", metres=100)
    await world.team("next", metres=800)
    code = await world.ask()
    await world.at((await world.ticket(code)).response_due + timedelta(seconds=1))
    assert ("leader", ["L-near", "L-next"]) in await escalated(world, code, "response")


async def test_after_a_reassignment_the_later_steps_reach_the_team_that_has_it_now(world: World):
    await world.team("first", metres=100)
    await world.team("second", metres=5_000)
    code = await world.ask()
    await world.act(code, Action.ACCEPTANCE, member("first"))
    await world.act(code, Action.REASSIGNMENT, SUPERVISOR, team="second", reason="tổ kia bận")
    await world.act(code, Action.ACCEPTANCE, member("second"))
    await world.at(WEDNESDAY + MONTH)
    assert (await escalated(world, code, "resolution"))[0] == ("leader", ["L-second"])
    (warned,) = await told(world, code, "clocks.warned")
    assert (warned["clock"], warned["team"], warned["member"]) == ("resolution", "second", "L-second")


async def test_a_team_that_was_asked_by_reassignment_and_is_silent_is_told(world: World):
    await world.team("first", metres=100)
    await world.team("second", metres=5_000)
    code = await world.ask()
    await world.act(code, Action.ACCEPTANCE, member("first"))
    await world.act(code, Action.REASSIGNMENT, SUPERVISOR, team="second", reason="tổ kia bận")
    await world.change_team("first", reachable=False)
    await world.at(WEDNESDAY + MONTH)
    assert (await escalated(world, code, "resolution"))[0] == ("leader", ["L-second"])


async def test_after_32_hours_off_every_step_comes_once_in_order_with_the_time_it_had(world: World):
    for number, metres in enumerate((100, 800, 1_500, 2_200)):
        await world.team(f"t{number}", metres=metres)
    code = await world.ask()
    due = (await world.ticket(code)).response_due
    world.clock.set_now(WEDNESDAY + timedelta(hours=32))  # nothing ran; a day of it was a working day
    await settle(world)
    steps = await told(world, code, "clocks.warned", "clocks.breached", "tickets.escalated")
    assert [(step["type"], step.get("level")) for step in steps if step.get("what") != "silence"] == [
        ("clocks.warned", None),
        ("clocks.breached", None),
        ("tickets.escalated", "leader"),
        ("tickets.escalated", "commune"),
        ("tickets.escalated", "province"),
    ]
    assert [datetime.fromisoformat(step["due_at"]) for step in steps if "due_at" in step] == [due, due]
    assert (await world.ticket(code)).response_breached_at == due


async def test_of_missed_widenings_only_one_is_made_up_for(world: World):
    for number, metres in enumerate((100, 800, 1_500, 2_200)):
        await world.team(f"t{number}", metres=metres)
    code = await world.ask()
    world.clock.set_now(WEDNESDAY + timedelta(hours=32))
    await settle(world)
    assert len(await told(world, code, "tickets.widened")) == 1
    assert len(await world.outcomes(code)) == 2
    widen_at = (await world.ticket(code)).widen_at
    assert widen_at is not None and widen_at > world.clock.now(), "the next is asked after a silence of its own"


async def settle(world: World) -> None:
    """The cycle runs until nothing is due."""
    while (due := await world.due.work()) is not None and due <= world.clock.now():
        pass
