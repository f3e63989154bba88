"""The nearest village team is asked, and it is written down why."""

from datetime import timedelta

from sqlalchemy import text

from tests.support.assign import NEIGHBOUR, World


async def test_the_nearest_team_of_the_commune_is_asked(world: World):
    await world.team("far", metres=900)
    await world.team("near", metres=300)
    code = await world.ask()
    assert await world.outcomes(code) == {"near": "open"}
    assert (await world.ticket(code)).status == "offered"
    assert (await world.team_now("near")).open_offers == 1


async def test_nobody_near_is_told_at_once(world: World):
    await world.team("too_far", metres=16_000, commune=NEIGHBOUR)
    code = await world.ask()
    ticket = await world.ticket(code)
    assert (ticket.status, ticket.unrouted_reason) == ("unrouted", "no_team_near")
    assert "tickets.unrouted" in await world.told(code)
    async with world.store.read() as connection:
        considered = await connection.scalar(text("select candidates from consideration"))
    assert [(seen["team"], seen["why"]) for seen in considered] == [("too_far", "too_far")]


async def test_silence_widens_to_the_next_team(world: World):
    await world.team("first", metres=100)
    await world.team("second", metres=800)
    code = await world.ask()
    await world.at(world.clock.now() + timedelta(minutes=20, seconds=1))
    assert await world.outcomes(code) == {"first": "open", "second": "open"}
    assert (await world.told(code))[-1] == "tickets.widened"
