"""Two hundred random lives: no ticket is lost, owned twice, or open without a next action."""

import asyncio
from contextlib import suppress
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from services.assign.tickets.actions import Forbidden, NotPossible
from services.assign.tickets.lifecycle import Action
from shared.events import messages
from shared.store import new_id
from tests.service.assign_tickets.test_state_table import BODIES
from tests.support.assign import COMMUNE, NEIGHBOUR, OPERATOR, SUPERVISOR, World, member, received
from tests.support.servers import FreshDatabase

LIVES_AT_ONCE, EXAMPLES = 8, 25
TEAMS = ("mine", "other", "third")
PEOPLE = [*(member(team) for team in TEAMS), SUPERVISOR, OPERATOR, None]

step = st.one_of(
    st.tuples(
        st.just("act"), st.integers(0, LIVES_AT_ONCE - 1), st.sampled_from(list(Action)), st.sampled_from(PEOPLE)
    ),
    st.tuples(st.just("pass"), st.sampled_from([1, 21, 90, 600, 1500, 4400])),
    st.tuples(st.just("unreached"), st.integers(0, LIVES_AT_ONCE - 1), st.sampled_from(TEAMS)),
)


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    steps=st.lists(step, min_size=25, max_size=50),
    places=st.lists(st.booleans(), min_size=LIVES_AT_ONCE, max_size=LIVES_AT_ONCE),
)
def test_no_life_is_lost(database: FreshDatabase, steps: list[tuple[Any, ...]], places: list[bool]):
    asyncio.run(_live(database, steps, places))


async def _live(database: FreshDatabase, steps: list[tuple[Any, ...]], places: list[bool]) -> None:
    world = await World(database("assign")).begin()
    try:
        for number, team in enumerate(TEAMS):
            await world.team(team, metres=300 * number, capacity=1 + number)
        codes = [
            await world.ask(category="scam_safety" if far else "payments", commune=NEIGHBOUR if far else COMMUNE)
            for far in places
        ]
        for kind, *what in steps:
            await _step(world, codes, kind, what)
            await _check(world, codes)
    finally:
        await world.close()


async def _step(world: World, codes: list[str], kind: str, what: list[Any]) -> None:
    if kind == "pass":
        await world.at(world.clock.now() + timedelta(minutes=what[0]))
    elif kind == "unreached":
        failed = messages.Failed(
            message_id=new_id(),
            at=world.clock.now(),
            alert="offered",
            channel="sms",
            codes=[codes[what[0]]],
            team=what[1],
            reason="x",
            nobody_reached=True,
        )
        async with world.store.begin() as unit:
            await world.listener.on_failed(unit, [received(failed)])
    else:
        number, action, who = what
        with suppress(NotPossible, Forbidden):
            await world.act(codes[number], action, who, **_body(action, who))


def _body(action: Action, who: Any) -> dict[str, Any]:
    named = {"member": "M-other"} if who is SUPERVISOR else {}
    return BODIES.get(action, {}) | named


async def _check(world: World, codes: list[str]) -> None:
    async with world.store.read() as connection:
        tickets = (await connection.execute(text("select * from ticket"))).all()
        held = (
            await connection.execute(
                text(
                    """select team.code, open_offers, accepted,
                    (select count(*) from offer where team = team.code and outcome = 'open') as offers_now,
                    (select count(*) from ticket where ticket.team = team.code
                        and status in ('accepted', 'in_progress', 'waiting', 'reopened')) as accepted_now
                    from team""".replace("where team = team.code", "where offer.team = team.code")
                )
            )
        ).all()
        owners = (
            await connection.execute(
                text(
                    """select code from offer where outcome = 'open'
                    and code in (select code from ticket where status <> 'offered')"""
                )
            )
        ).all()
    assert {ticket.code for ticket in tickets} == set(codes)
    for ticket in tickets:
        assert (ticket.next_at is None) == (ticket.status in ("closed", "cancelled")), ticket
        assert (ticket.team is not None) or ticket.status in ("offered", "unrouted", "cancelled", "closed"), ticket
    for team in held:
        assert (team.open_offers, team.accepted) == (team.offers_now, team.accepted_now), team
    assert owners == []
