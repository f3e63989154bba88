"""Promises under the clock: warned, breached, escalated, each once; pauses that truly pause."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import text

from services.assign.sla.clocks import REVIEW_S
from services.assign.tickets.actions.ground import WrongValue
from services.assign.tickets.lifecycle import Action
from shared.vietnam.holidays import office_hours
from shared.working_time import add_working
from tests.support.assign import NEIGHBOUR, SUPERVISOR, WEDNESDAY, World, member

OFFICE = office_hours(range(2026, 2028))
MONTH = timedelta(days=31)


async def escalations(world: World, code: str) -> list[tuple[str, str]]:
    async with world.store.read() as connection:
        found = await connection.execute(
            text(
                """select facts->>'level' as level, facts->>'what' as what from change
                where code = :code and event = 'tickets.escalated' and facts->'again' is null order by id"""
            ),
            {"code": code},
        )
        return [(row.level, row.what) for row in found]


async def moments(world: World, code: str, event: str) -> list[datetime]:
    async with world.store.read() as connection:
        found = await connection.execute(
            text("select at from change where code = :code and event = :event order by id"),
            {"code": code, "event": event},
        )
        return [at.astimezone(UTC) for at in found.scalars()]


async def test_a_silent_team_is_warned_breached_and_escalated_once_each(world: World):
    await world.team("silent", metres=100)
    code = await world.ask()
    await world.at(WEDNESDAY + MONTH)
    told = await world.told(code)
    assert told.count("clocks.warned") == told.count("clocks.breached") == 2
    assert await escalations(world, code) == [
        ("commune", "silence"),
        ("leader", "response"),
        ("commune", "response"),
        ("province", "response"),
        ("leader", "resolution"),
        ("commune", "resolution"),
        ("province", "resolution"),
    ]
    ticket = await world.ticket(code)
    assert ticket.next_action == "review"


async def test_after_the_last_step_its_supervisor_hears_of_it_again_every_eight_working_hours(world: World):
    await world.team("silent", metres=100)
    code = await world.ask()
    await world.at(WEDNESDAY + MONTH)
    async with world.store.read() as connection:
        found = await connection.execute(
            text(
                """select at, facts->>'level' as level, facts->'told' as told from change
                where code = :code and (facts->>'again')::bool order by id"""
            ),
            {"code": code},
        )
        again = found.all()
    assert len(again) > 10 and all((one.level, one.told) == ("commune", ["s-24121"]) for one in again)
    for before, after in pairwise(again):
        assert timedelta() <= after.at - add_working(OFFICE, before.at, REVIEW_S) < timedelta(seconds=10)


async def test_steps_come_at_their_part_of_the_working_time(world: World):
    await world.team("silent", metres=100)
    code = await world.ask()
    await world.at(WEDNESDAY + timedelta(hours=8))
    for event, working_s in (("clocks.warned", 5400), ("clocks.breached", 7200)):
        at = (await moments(world, code, event))[0]
        assert timedelta() <= at - add_working(OFFICE, WEDNESDAY, working_s) < timedelta(seconds=5)


async def test_unassigned_is_escalated_too(world: World):
    await world.team("away", metres=16_000, commune=NEIGHBOUR)
    code = await world.ask()
    await world.at(WEDNESDAY + timedelta(days=2))
    assert ("commune", "response") in await escalations(world, code)
    assert ("province", "response") in await escalations(world, code)


async def test_accepted_in_time_meets_the_response_clock(world: World):
    await world.team("quick", metres=100)
    code = await world.ask()
    await world.at(WEDNESDAY + timedelta(minutes=30))
    ticket = await world.act(code, Action.ACCEPTANCE, member("quick"))
    assert ticket.response_met_at == ticket.accepted_at
    assert ticket.response_breached_at is None
    await world.at(WEDNESDAY + timedelta(hours=5))
    assert "clocks.breached" not in await world.told(code)


async def test_a_minute_late_is_late_though_nobody_looked(world: World):
    await world.team("slow", metres=100)
    code = await world.ask()
    due = (await world.ticket(code)).response_due
    world.clock.set_now(due + timedelta(seconds=1))  # no cycle ran: it is judged by when it happened
    ticket = await world.act(code, Action.ACCEPTANCE, member("slow"))
    assert ticket.response_breached_at == due


async def test_waiting_pauses_the_clock(world: World):
    await world.team("mine", metres=100)
    code = await world.ask()
    await world.act(code, Action.ACCEPTANCE, member("mine"))
    before = (await world.ticket(code)).resolution_due
    await world.act(code, Action.WAITING, member("mine"), reason="bà con đi rẫy")
    await world.at(WEDNESDAY + timedelta(days=5))
    assert "clocks.warned" not in await world.told(code)
    ticket = await world.act(code, Action.RESUMPTION, member("mine"))
    waited = 5 * 86_400
    assert ticket.resolution_due > before
    assert ticket.resolution_due - WEDNESDAY > timedelta(seconds=waited)


async def test_an_appointment_that_has_come_ends_the_wait(world: World):
    await world.team("mine", metres=100)
    code = await world.ask()
    await world.act(code, Action.ACCEPTANCE, member("mine"))
    until = WEDNESDAY + timedelta(hours=3)
    await world.act(code, Action.WAITING, member("mine"), reason="hẹn trưa", until=until)
    await world.at(until + timedelta(seconds=1))
    assert (await world.ticket(code)).status == "in_progress"


async def test_a_wait_ends_when_it_was_to_end_however_late_somebody_looks(world: World):
    await world.team("mine", metres=100)
    await world.team("other", metres=9_000)
    codes = [await world.ask() for _ in range(3)]
    until = WEDNESDAY + timedelta(hours=24)
    for code in codes:
        await world.act(code, Action.ACCEPTANCE, member("mine"))
        await world.act(code, Action.WAITING, member("mine"), reason="hẹn mai", until=until)
    world.clock.set_now(until + timedelta(hours=31))
    await world.act(codes[1], Action.RESOLUTION, member("mine"), outcome="solved")
    await world.act(codes[2], Action.REASSIGNMENT, SUPERVISOR, team="other", reason="tổ ấy bận")
    await world.at(until + timedelta(hours=31))
    for code in codes:
        [[_, end]] = (await world.ticket(code)).pauses
        assert end and datetime.fromisoformat(end) == until


@pytest.mark.parametrize("until", [WEDNESDAY + timedelta(days=61), datetime.max.replace(tzinfo=UTC)])
async def test_an_appointment_of_another_year_is_refused(world: World, until: datetime):
    await world.team("mine", metres=100)
    code = await world.ask()
    await world.act(code, Action.ACCEPTANCE, member("mine"))
    with pytest.raises(WrongValue):
        await world.act(code, Action.WAITING, member("mine"), reason="hẹn", until=until)


async def test_it_closes_by_itself_after_three_days_without_objection(world: World):
    await world.team("mine", metres=100)
    code = await world.ask()
    await world.act(code, Action.ACCEPTANCE, member("mine"))
    await world.act(code, Action.RESOLUTION, member("mine"), outcome="solved")
    resolved = world.clock.now()
    await world.at(resolved + timedelta(hours=71))
    assert (await world.ticket(code)).status == "resolved"
    await world.at(resolved + timedelta(hours=72, seconds=1))
    assert (await world.ticket(code)).status == "closed"


async def test_reopened_it_goes_back_to_its_member_and_the_time_between_does_not_count(world: World):
    await world.team("mine", metres=100)
    code = await world.ask()
    await world.act(code, Action.ACCEPTANCE, member("mine"))
    before = (await world.ticket(code)).resolution_due
    await world.act(code, Action.RESOLUTION, member("mine"), outcome="solved")
    await world.at(world.clock.now() + timedelta(days=2))
    ticket = await world.act(code, Action.REOPENING, None, reason="vẫn chưa được")
    assert (ticket.status, ticket.member) == ("reopened", "L-mine")
    assert ticket.resolution_due > before + timedelta(days=1)
    assert (await world.team_now("mine")).accepted == 1


async def test_a_reopened_ticket_given_back_goes_to_another_team(world: World):
    await world.team("mine", metres=100)
    await world.team("next", metres=900)
    code = await world.ask()
    for action, facts in ((Action.ACCEPTANCE, {}), (Action.RESOLUTION, {"outcome": "solved"})):
        await world.act(code, action, member("mine"), **facts)
    await world.act(code, Action.REOPENING, None, reason="chưa xong")
    ticket = await world.act(code, Action.REFUSAL, member("mine"), reason="busy")
    assert (ticket.status, ticket.team) == ("offered", None)
    assert (await world.outcomes(code))["next"] == "open"
    assert (await world.team_now("mine")).accepted == 0


async def test_outside_their_hours_teams_are_offered_but_rung_in_the_morning(world: World):
    await world.team("asleep", metres=100)
    night = WEDNESDAY.replace(hour=15)  # 22:00 in Vietnam
    world.clock.set_now(night)
    code = await world.ask()
    async with world.store.read() as connection:
        ring_at = await connection.scalar(text("select ring_at from offer where code = :code"), {"code": code})
    assert ring_at == datetime(2026, 11, 25, 23, 0, tzinfo=UTC)
    ticket = await world.ticket(code)
    assert ticket.widen_at == datetime(2026, 11, 25, 23, 20, tzinfo=UTC)


async def test_a_scam_goes_to_the_three_nearest_at_once_at_any_hour(world: World):
    for number in range(4):
        await world.team(f"t{number}", metres=100 + 400 * number)
    world.clock.set_now(WEDNESDAY.replace(hour=19))
    code = await world.ask(category="scam_safety")
    assert set(await world.outcomes(code)) == {"t0", "t1", "t2"}
    async with world.store.read() as connection:
        rings = (
            await connection.execute(text("select ring_at - at as wait from offer where code = :code"), {"code": code})
        ).scalars()
        assert {wait.total_seconds() for wait in rings} == {0}


async def test_when_a_place_frees_the_oldest_promise_comes_first_and_the_unplaceable_hold_nobody_up(world: World):
    await world.team("only", metres=100, capacity=1)
    first = await world.ask()
    await world.act(first, Action.ACCEPTANCE, member("only"))
    stuck = [await world.ask(commune=NEIGHBOUR, lat=13.4, lon=108.9) for _ in range(3)]  # far from everybody
    world.clock.set_now(world.clock.now() + timedelta(minutes=1))
    older = await world.ask()
    world.clock.set_now(world.clock.now() + timedelta(minutes=1))
    younger = await world.ask()
    assert (await world.ticket(older)).unrouted_reason == "all_full"
    await world.act(first, Action.RESOLUTION, member("only"), outcome="solved")
    await world.at(world.clock.now())
    assert (await world.ticket(older)).status == "offered"
    assert {(await world.ticket(code)).status for code in [younger, *stuck]} <= {"unrouted", "offered"}
    assert (await world.ticket(stuck[0])).status == "unrouted"


async def test_a_supervisor_puts_it_before_another_team(world: World):
    await world.team("silent", metres=100)
    await world.team("eager", metres=5_000, capacity=0)
    code = await world.ask()
    ticket = await world.act(code, Action.REASSIGNMENT, SUPERVISOR, team="eager", reason="tổ kia bận mùa cà phê")
    assert ticket.status == "offered"
    assert await world.outcomes(code) == {"silent": "withdrawn", "eager": "open"}
    assert (await world.team_now("silent")).open_offers == 0
    assert {"tickets.reassigned", "tickets.taken"} <= set(await world.told(code))
