"""The state table, cell by cell: what it allows happens, what it does not is refused and changes nothing."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from services.assign.tickets.actions import Forbidden, NotPossible
from services.assign.tickets.lifecycle import ENDED, TABLE, Action, Status, Who
from shared.identity import Principal
from tests.support.assign import NEIGHBOUR, SUPERVISOR, World, member

BODIES: dict[Action, dict[str, Any]] = {
    Action.REFUSAL: {"reason": "busy"},
    Action.WAITING: {"reason": "hẹn chiều mai"},
    Action.RESOLUTION: {"outcome": "solved"},
    Action.REOPENING: {"reason": "vẫn chưa được"},
    Action.CANCELLATION: {"reason": "thôi không cần"},
    Action.RATING: {"stars": 4},
    Action.REASSIGNMENT: {"team": "other", "reason": "gần hơn"},
}
LEADER = member("mine")


async def offered(world: World) -> str:
    await world.team("mine", metres=100)
    await world.team("other", metres=900)
    return await world.ask()


async def unrouted(world: World) -> str:
    await world.team("mine", metres=16_000, commune=NEIGHBOUR)
    await world.team("other", metres=17_000, commune=NEIGHBOUR)
    return await world.ask()


def after(way: Callable[[World], Awaitable[str]], *steps: Action) -> Callable[[World], Awaitable[str]]:
    async def go(world: World) -> str:
        code = await way(world)
        for step in steps:
            await world.act(code, step, who(step), **BODIES.get(step, {}))
        return code

    return go


def who(action: Action) -> Principal | None:
    """Somebody who may do it."""
    parts = TABLE[action].who
    if parts & {Who.ASKED, Who.OWNER}:
        return LEADER
    return SUPERVISOR if Who.SUPERVISOR in parts else None


WAYS: dict[Status, Callable[[World], Awaitable[str]]] = {
    Status.OFFERED: offered,
    Status.UNROUTED: unrouted,
    Status.ACCEPTED: after(offered, Action.ACCEPTANCE),
    Status.IN_PROGRESS: after(offered, Action.ACCEPTANCE, Action.START),
    Status.WAITING: after(offered, Action.ACCEPTANCE, Action.WAITING),
    Status.RESOLVED: after(offered, Action.ACCEPTANCE, Action.RESOLUTION),
    Status.REOPENED: after(offered, Action.ACCEPTANCE, Action.RESOLUTION, Action.REOPENING),
    Status.CLOSED: after(offered, Action.ACCEPTANCE, Action.RESOLUTION, Action.CLOSURE),
    Status.CANCELLED: after(offered, Action.CANCELLATION),
}


def test_every_state_but_new_can_be_reached():
    """A new ticket is routed in the unit of work that makes it: nobody ever sees it."""
    assert set(WAYS) == set(Status) - {Status.NEW}
    assert set(TABLE) == set(Action)


@pytest.mark.parametrize("action", list(Action), ids=str)
@pytest.mark.parametrize("status", list(WAYS), ids=str)
async def test_a_cell_of_the_table(world: World, status: Status, action: Action):
    code = await WAYS[status](world)
    before = await world.ticket(code)
    assert before.status == status
    told = await world.told(code)
    target = TABLE[action].to.get(status)
    asker = who(action)
    if target is None:
        with pytest.raises((NotPossible, Forbidden)):
            await world.act(code, action, asker, **BODIES.get(action, {}))
        assert (await world.ticket(code)).version == before.version
        assert await world.told(code) == told
        return
    ticket = await world.act(code, action, asker, **BODIES.get(action, {}))
    assert ticket.status == (target if target is not Status.NEW else Status.OFFERED)
    assert ticket.version > before.version
    assert len(await world.told(code)) > len(told)
    assert (ticket.next_at is None) == (ticket.status in ENDED)


@pytest.mark.parametrize("status", [Status.OFFERED, Status.ACCEPTED, Status.RESOLVED, Status.CANCELLED], ids=str)
async def test_what_is_done_cannot_be_done_again(world: World, status: Status):
    again = {
        Status.OFFERED: Action.REASSIGNMENT,
        Status.ACCEPTED: Action.ACCEPTANCE,
        Status.RESOLVED: Action.RESOLUTION,
        Status.CANCELLED: Action.CANCELLATION,
    }[status]
    code = await WAYS[status](world)
    if again is Action.REASSIGNMENT:
        await world.act(code, again, SUPERVISOR, **BODIES[again])
    with pytest.raises(NotPossible):
        await world.act(code, again, who(again), **BODIES.get(again, {}))
