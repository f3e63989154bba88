"""The auditor proves that no open ticket is forgotten, and says so aloud when it is not so."""

from datetime import timedelta

import pytest
from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import IntegrityError

from services.assign.escalation.auditor import LAST_SEEN, Auditor
from shared.clock import Clock
from tests.support.assign import World


async def test_a_ticket_whose_action_is_long_overdue_is_named(world: World):
    await world.team("near", metres=100)
    code = await world.ask()
    auditor = Auditor(world.store, world.clock)
    await auditor.work()
    assert auditor.report()["problems"] == []
    world.clock.set_now(world.clock.now() + timedelta(hours=1))  # and no cycle runs
    await auditor.work()
    assert auditor.report()["forgotten"] == [code]
    assert code[:3] in auditor.report()["problems"][0]


async def test_the_store_itself_refuses_an_open_ticket_without_a_next_action(world: World):
    await world.team("near", metres=100)
    await world.ask()
    with pytest.raises(IntegrityError):
        async with world.store.begin() as unit:
            await unit.execute(text("update ticket set next_at = null"))


async def break_policy(world: World, code: str) -> None:
    async with world.store.begin() as unit:
        await unit.execute(text("update ticket set policy = '{\"broken\": true}' where code = :code"), {"code": code})


async def test_a_ticket_whose_action_fails_holds_up_nobody_behind_it_and_is_named(world: World):
    await world.team("near", metres=100)
    await world.team("next", metres=800)
    broken, sound = await world.ask(), await world.ask()
    await break_policy(world, broken)
    world.clock.set_now(world.clock.now() + timedelta(minutes=21))
    await world.due.work()
    assert len(await world.outcomes(sound)) == 2
    assert len(await world.outcomes(broken)) == 1
    auditor = Auditor(world.store, world.clock)
    await auditor.work()
    (problem,) = auditor.report()["problems"]
    assert broken[:3] in problem and "fails" in problem


async def test_what_fails_is_known_to_every_process_until_it_is_done(world: World):
    await world.team("near", metres=100)
    code = await world.ask()
    whole = (await world.ticket(code)).policy
    await break_policy(world, code)
    for _ in range(2):
        world.clock.set_now(world.clock.now() + timedelta(minutes=21))
        await world.due.work()
    elsewhere = Auditor(world.store, world.clock)
    await elsewhere.work()
    since = next(iter(elsewhere.finding.failing.values())).since if elsewhere.finding else None
    assert since and since < Clock.wall()
    async with world.store.begin() as unit:
        await unit.execute(text("update ticket set policy = :whole").bindparams(bindparam("whole", whole, JSONB)))
    world.clock.set_now(world.clock.now() + timedelta(minutes=2))
    await world.due.work()
    await elsewhere.work()
    assert elsewhere.report()["problems"] == []


async def test_a_due_cycle_that_never_ran_is_seen(world: World, monkeypatch: pytest.MonkeyPatch):
    auditor = Auditor(world.store, world.clock)
    later = Clock.wall() + timedelta(minutes=4)
    monkeypatch.setattr(Clock, "wall", lambda: later)
    await auditor.work()
    assert "its cycle stands still" in auditor.report()["problems"][0]


async def test_a_broken_ticket_in_the_middle_of_a_batch_is_left_as_it_was(world: World):
    await world.team("near", metres=100)
    codes = [await world.ask() for _ in range(5)]
    world.clock.set_now(world.clock.now() + timedelta(minutes=21))
    await world.due.work()  # everybody was asked
    world.clock.set_now(world.clock.now() + timedelta(minutes=6))
    await world.due.work()  # nobody's place has freed unseen
    await break_policy(world, codes[2])
    world.clock.set_now((await world.ticket(codes[0])).response_due + timedelta(minutes=1))
    await world.due.work()
    told = [await world.told(code) for code in codes]
    assert ["clocks.breached" in one for one in told] == [True, True, False, True, True]
    assert "clocks.warned" not in told[2], "what it told before it failed is taken back"
    assert (await world.ticket(codes[2])).next_at == pytest.approx(
        world.clock.now() + timedelta(minutes=1), abs=timedelta(seconds=5)
    )


async def test_an_auditor_that_has_not_looked_says_so(world: World):
    assert Auditor(world.store, world.clock).report()["problems"] == ["The auditor has not looked yet."]


async def test_a_stalled_auditor_is_seen_by_everybody(world: World, monkeypatch: pytest.MonkeyPatch):
    auditor = Auditor(world.store, world.clock)
    await auditor.work()
    assert LAST_SEEN._value.get() == pytest.approx(Clock.wall().timestamp(), abs=5)
    assert auditor.report()["problems"] == []
    later = Clock.wall() + timedelta(minutes=4)
    monkeypatch.setattr(Clock, "wall", lambda: later)  # and it has not looked again
    assert "The auditor has been silent since" in auditor.report()["problems"][0]


async def test_a_due_cycle_that_stands_still_is_seen(world: World):
    ran = Clock.wall() - timedelta(minutes=4)
    auditor = Auditor(world.store, world.clock, due_ran=lambda: ran)
    await auditor.work()
    assert "its cycle stands still" in auditor.report()["problems"][0]


async def test_what_comes_in_the_next_hour_is_counted_by_kind(world: World):
    await world.team("near", metres=100)
    for _ in range(3):
        await world.ask()
    auditor = Auditor(world.store, world.clock)
    await auditor.work()
    report = auditor.report()
    assert (report["open"], report["without"], report["overdue"], report["coming"]) == (3, 0, 0, {"widen": 3})
    assert "3 open tickets, each with a next action" in report["said"][0]


async def test_without_the_store_s_own_guard_a_forgotten_ticket_is_named_all_the_same(world: World):
    await world.team("near", metres=100)
    code = await world.ask()
    async with world.store.begin() as unit:
        await unit.execute(text("alter table ticket drop constraint ticket_has_next_action"))
        await unit.execute(text("update ticket set next_at = null, next_action = null"))
    auditor = Auditor(world.store, world.clock)
    await auditor.work()
    assert auditor.report()["problems"] == [
        f"Ticket {code[:3]} {code[3:6]} {code[6:]} is open, and nothing is planned for it."
    ]
    async with world.store.begin() as unit:
        await unit.execute(text("delete from ticket"))
        await unit.execute(
            text(
                """alter table ticket add constraint ticket_has_next_action
                check (status in ('closed', 'cancelled') or next_at is not null)"""
            )
        )
