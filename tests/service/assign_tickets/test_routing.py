"""The nearest village team is asked, and it is written down why."""

import random
from datetime import timedelta

from sqlalchemy import text

from services.assign.offers.nearest import Need, decide
from services.assign.offers.placing import look
from services.assign.offers.store import Spot, candidates
from tests.support.assign import CENTRE, COMMUNE, NEIGHBOUR, World


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


async def test_of_a_commune_with_more_teams_than_are_looked_at_first_the_same_are_chosen(world: World):
    """As many as can matter are fetched: loads, skills and languages may make a far team the better one."""
    chance = random.Random(7)
    for number in range(60):
        await world.team(
            f"t{number:02}",
            metres=chance.randrange(50, 9_000),
            skills=chance.choice([["payments"], ["device"], ["payments", "device"]]),
            speaks=chance.choice([["vi"], ["vi", "rad"]]),
            open_offers=chance.randrange(6),
            accepted=chance.randrange(6),
            reachable=chance.random() < 0.7,
            village_id="V9" if number == 41 else None,
        )
    async with world.store.begin() as unit:
        for _ in range(120):
            spot = Spot(CENTRE[0] + chance.uniform(-0.05, 0.05), CENTRE[1], COMMUNE, chance.choice([None, None, "V9"]))
            asked = frozenset(chance.sample([f"t{n:02}" for n in range(60)], chance.randrange(4)))
            need = Need(chance.choice(["payments", "device"]), chance.choice(["vi", "rad"]), 15_000, asked)
            how_many = chance.choice([1, 3])
            decision, _ = await look(unit, spot, need, how_many)
            everybody = [seen.team for seen in await candidates(unit, spot, 1_000, 1_000)]
            assert decision.chosen == decide(everybody, need, how_many).chosen
            assert len(decision.considered) >= 10
