"""`/supervisor/live`: what changes within a territory is told to who watches it, and nothing else is."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import ExitStack

import pytest

from services.assign.reporting.supervisor.live import store, watch
from services.assign.reporting.supervisor.live.pages import stream
from services.assign.reporting.supervisor.live.watch import Viewer, Watch
from shared.identity import Principal
from tests.support.assign import NEIGHBOUR, SUPERVISOR, World, received
from tests.support.assign_web import NEIGHBOUR_SUPERVISOR, Desk

PROVINCE, HERE, THERE = "66", "24121", "24133"


@pytest.fixture
async def looking(world: World, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Watch]:
    """A watch whose own task rests, so that the test says when it looks."""
    monkeypatch.setattr(watch, "EVERY_S", 3600.0)
    made = Watch(desk.service)
    await made.look()
    yield made
    await made.stop()


def has_heard(viewer: Viewer) -> bool:
    heard = viewer.changed.is_set()
    viewer.changed.clear()
    return heard


async def test_a_change_is_told_in_its_territory_and_above_and_nowhere_else(world: World, looking: Watch):
    await world.team("near", metres=100)
    with ExitStack() as watching:
        viewers = [watching.enter_context(looking.viewer(unit)) for unit in (HERE, THERE, PROVINCE, None)]
        await looking.look()
        await world.ask()
        await looking.look()
        assert [has_heard(one) for one in viewers] == [True, False, True, True]
        await world.ask(commune=NEIGHBOUR)
        await looking.look()
        assert [has_heard(one) for one in viewers] == [False, True, True, True]


async def test_where_nothing_happens_nothing_is_told(world: World, looking: Watch):
    await world.ask()
    await looking.look()
    with looking.viewer(None) as viewer:
        await looking.look()
        assert not has_heard(viewer)


async def test_what_is_committed_late_with_an_earlier_number_is_told_too(world: World, looking: Watch):
    early, later = await world.request(), await world.request(commune=NEIGHBOUR)
    with looking.viewer(HERE) as here, looking.viewer(THERE) as there:
        await looking.look()
        async with world.store.begin() as unit:
            await world.listener.on_submitted(unit, [received(early)])
            await world.submit(later)
            await looking.look()
            assert (has_heard(here), has_heard(there)) == (False, True)
        await looking.look()
        assert (has_heard(here), has_heard(there)) == (True, False)


async def test_a_stream_says_what_changed_and_else_that_it_lives(world: World, looking: Watch):
    events = stream(looking, HERE, lambda: True, heartbeat_s=0.01)
    assert await anext(events) == "retry: 5000\n\n"
    assert await anext(events) == ":\n\n"
    await world.ask()
    await looking.look()
    assert await anext(events) == "event: changed\ndata:\n\n"
    assert await anext(events) == ":\n\n"
    await events.aclose()  # pyright: ignore[reportAttributeAccessIssue]
    assert looking.viewers == 0


async def test_a_stream_ends_with_its_session(looking: Watch):
    signed_in = [True]
    events = stream(looking, None, lambda: signed_in[0], heartbeat_s=0.01)
    assert [await anext(events), await anext(events)] == ["retry: 5000\n\n", ":\n\n"]
    signed_in[0] = False
    assert [event async for event in events] == []
    assert looking.viewers == 0


async def test_many_who_watch_are_one_look(world: World, desk: Desk, monkeypatch: pytest.MonkeyPatch):
    looks: list[int] = []

    async def newest(_: object) -> int:
        looks.append(1)
        return 0

    monkeypatch.setattr(store, "newest", newest)
    monkeypatch.setattr(watch, "EVERY_S", 3600.0)
    shared = Watch(desk.service)
    streams = [stream(shared, HERE, lambda: True, heartbeat_s=0.01) for _ in range(20)]
    for events in streams:
        await anext(events)
    await asyncio.gather(*(anext(events) for events in streams))
    assert (shared.viewers, len(looks)) == (20, 1)
    for events in streams:
        await events.aclose()  # pyright: ignore[reportAttributeAccessIssue]
    await shared.stop()


@pytest.mark.parametrize(
    ("who", "path", "status"),
    [
        (None, "/supervisor/live", 401),
        (SUPERVISOR, "/supervisor/live?unit=24133", 404),
        (NEIGHBOUR_SUPERVISOR, "/supervisor/live?unit=66", 404),
    ],
)
async def test_only_ones_own_territory_is_watched(
    world: World, desk: Desk, who: Principal | None, path: str, status: int
):
    assert (await desk.page(path, who)).status_code == status


async def test_there_are_so_many_streams_and_no_more(world: World, desk: Desk, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(watch, "MOST_VIEWERS", 1)
    shared: Watch = desk.service.app.state.supervisors_watch
    with shared.viewer(HERE):
        answer = await desk.page("/supervisor/live", SUPERVISOR)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "60")
    await shared.stop()
