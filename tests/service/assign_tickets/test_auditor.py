"""The auditor proves that no open ticket is forgotten, and says so aloud when it is not so."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from services.assign.escalation.auditor import Auditor
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


async def test_a_ticket_whose_action_fails_holds_up_nobody_behind_it(world: World):
    await world.team("near", metres=100)
    await world.team("next", metres=800)
    broken, sound = await world.ask(), await world.ask()
    async with world.store.begin() as unit:
        await unit.execute(text("update ticket set policy = '{\"broken\": true}' where code = :code"), {"code": broken})
    world.clock.set_now(world.clock.now() + timedelta(minutes=21))
    await world.due.work()
    assert len(await world.outcomes(sound)) == 2
    assert len(await world.outcomes(broken)) == 1
