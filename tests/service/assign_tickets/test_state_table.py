"""The state table, cell by cell: what it allows happens, what it does not is refused and changes nothing."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from services.assign.tickets.actions import Forbidden, NotPossible
from services.assign.tickets.lifecycle import ENDED, TABLE, Action, Status, Who
from shared.identity import Principal, Role
from tests.support.assign import NEIGHBOUR, World, member

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
SUPERVISOR = Principal(role=Role.SUPERVISOR, id="s-66", unit="66")


async def teams(world: World) -> None:
    await world.team("mine", metres=100, capacity=1_000)
    await world.team("other", metres=90_000, capacity=1_000)  # so far that a load never makes it the nearest


async def offered(world: World) -> str:
    return await world.ask()


async def unrouted(world: World) -> str:
    """Far from every team."""
    return await world.ask(commune=NEIGHBOUR, lat=13.4, lon=108.9)


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


@pytest.mark.parametrize("status", list(WAYS), ids=str)
async def test_every_cell_of_a_state(world: World, status: Status):
    await teams(world)
    for action in Action:
        await walk(world, status, action)


async def walk(world: World, status: Status, action: Action) -> None:
    """One cell: what the table says happens; where it says nothing, nothing does."""
    cell = f"{action} in {status}"
    code = await WAYS[status](world)
    before, told = await world.ticket(code), await world.told(code)
    assert before.status == status, cell
    target = TABLE[action].to.get(status)
    if target is None:
        with pytest.raises((NotPossible, Forbidden)):
            await world.act(code, action, who(action), **BODIES.get(action, {}))
        assert (await world.ticket(code)).version == before.version, cell
        assert await world.told(code) == told, cell
        return
    ticket = await world.act(code, action, who(action), **BODIES.get(action, {}))
    assert ticket.status == (Status.OFFERED if target is Status.NEW else target), cell
    assert ticket.version > before.version, cell
    assert len(await world.told(code)) > len(told), cell
    assert (ticket.next_at is None) == (ticket.status in ENDED), cell


@pytest.mark.parametrize("status", [Status.OFFERED, Status.ACCEPTED, Status.RESOLVED, Status.CANCELLED], ids=str)
async def test_what_is_done_cannot_be_done_again(world: World, status: Status):
    again = {
        Status.OFFERED: Action.REASSIGNMENT,
        Status.ACCEPTED: Action.ACCEPTANCE,
        Status.RESOLVED: Action.RESOLUTION,
        Status.CANCELLED: Action.CANCELLATION,
    }[status]
    await teams(world)
    code = await WAYS[status](world)
    if again is Action.REASSIGNMENT:
        await world.act(code, again, SUPERVISOR, **BODIES[again])
    with pytest.raises(NotPossible):
        await world.act(code, again, who(again), **BODIES.get(again, {}))
