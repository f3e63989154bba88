"""The first team to accept has it; places are never given twice."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import text

from services.assign.tickets.actions import Forbidden, NotPossible
from services.assign.tickets.lifecycle import Action
from tests.support.assign import OPERATOR, SUPERVISOR, World, member


async def test_of_forty_who_accept_at_once_one_has_it(world: World):
    codes = [f"t{number}" for number in range(40)]
    for number, code in enumerate(codes):
        await world.team(code, metres=50 * number)
    ticket = await world.ask()
    await world.at(world.clock.now() + timedelta(days=2))
    assert set((await world.outcomes(ticket)).values()) == {"open"}
    results = await asyncio.gather(
        *(world.act(ticket, Action.ACCEPTANCE, member(code)) for code in codes), return_exceptions=True
    )
    winners = [result for result in results if not isinstance(result, BaseException)]
    assert len(winners) == 1
    assert all(isinstance(result, NotPossible) for result in results if isinstance(result, BaseException))
    outcomes = list((await world.outcomes(ticket)).values())
    assert (outcomes.count("accepted"), outcomes.count("taken")) == (1, 39)
    assert (await world.told(ticket)).count("tickets.accepted") == 1
    loads = [await world.team_now(code) for code in codes]
    assert sum(team.open_offers for team in loads) == 0
    assert sum(team.accepted for team in loads) == 1


async def test_the_last_place_is_not_given_twice(world: World):
    await world.team("small", metres=100, capacity=1, accepted=0, open_offers=1)
    await world.team("next", metres=5_000)
    events = [await world.request() for _ in range(6)]
    await asyncio.gather(*(world.submit(event) for event in events))
    asked = [await world.outcomes(event.code) for event in events]
    assert sum("small" in outcomes for outcomes in asked) == 1
    small = await world.team_now("small")
    assert small.accepted + small.open_offers * 0.5 <= small.capacity


async def test_a_team_that_was_not_asked_sees_nothing(world: World):
    await world.team("asked", metres=100)
    await world.team("stranger", metres=900)
    code = await world.ask()
    with pytest.raises(Forbidden):
        await world.act(code, Action.ACCEPTANCE, member("stranger"))


async def test_who_left_the_team_accepts_nothing_though_their_token_lives(world: World):
    await world.team("asked", metres=100)
    code = await world.ask()
    async with world.store.begin() as unit:
        await unit.execute(text("update member set retired = true where id = 'L-asked'"))
    with pytest.raises(Forbidden):
        await world.act(code, Action.ACCEPTANCE, member("asked"))
    assert (await world.act(code, Action.ACCEPTANCE, member("asked", "M"))).member == "M-asked"


async def test_an_operator_may_cancel_but_not_accept(world: World):
    await world.team("asked", metres=100)
    code = await world.ask()
    with pytest.raises(Forbidden):
        await world.act(code, Action.ACCEPTANCE, OPERATOR)
    assert (await world.act(code, Action.CANCELLATION, OPERATOR, reason="gọi nhầm")).status == "cancelled"


async def test_a_supervisor_accepts_for_a_named_member(world: World):
    await world.team("asked", metres=100)
    code = await world.ask()
    ticket = await world.act(code, Action.ACCEPTANCE, SUPERVISOR, member="M-asked")
    assert (ticket.status, ticket.team, ticket.member) == ("accepted", "asked", "M-asked")


async def test_the_word_for_the_door_has_two_digits(world: World):
    await world.team("asked", metres=100)
    ticket = await world.act(await world.ask(), Action.ACCEPTANCE, member("asked"))
    assert ticket.word is not None and 10 <= int(ticket.word) <= 99


async def test_when_all_decline_it_is_unrouted(world: World):
    await world.team("one", metres=100)
    await world.team("two", metres=900)
    code = await world.ask()
    assert (await world.act(code, Action.REFUSAL, member("one"), reason="busy")).status == "offered"
    ticket = await world.act(code, Action.REFUSAL, member("two"), reason="busy")
    assert (ticket.status, ticket.unrouted_reason) == ("unrouted", "all_declined")


async def test_a_reply_by_sms_accepts_and_the_late_one_is_told(world: World):
    await world.team("one", metres=100)
    await world.team("two", metres=900)
    code = await world.ask()
    await world.at(world.clock.now() + timedelta(minutes=21))
    await world.reply("accept", code, "M-two")
    await world.reply("accept", code, "L-one")
    assert (await world.ticket(code)).team == "two"
    assert (await world.told(code))[-1] == "tickets.answered"


async def test_done_by_sms_accepts_first_if_need_be(world: World):
    await world.team("one", metres=100)
    code = await world.ask()
    await world.reply("resolve", code, "M-one", text="đã cài xong")
    assert (await world.ticket(code)).status == "resolved"
