"""An event leaves if and only if its cause was committed, and has its effect once."""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from shared.bus import Handler
from shared.events.envelope import Received
from shared.store import Unit
from shared.store.base import table_of
from tests.service.bus.conftest import MakePart
from tests.service.bus.world import TABLES, Asked, Noted, Part, hand, owe, until
from tests.support.servers import NatsServer


async def test_what_was_committed_is_told(sender: Part, taker: Part) -> None:
    await taker.bus.start()
    await sender.publish(1, 2, 3)
    await taker.has([1, 2, 3])


async def test_what_was_rolled_back_is_never_told(sender: Part, taker: Part) -> None:
    await taker.bus.start()
    with pytest.raises(RuntimeError):
        async with sender.store.begin() as unit:
            owe(unit, Noted(number=1))
            raise RuntimeError
    await sender.publish(2)
    await taker.has([2])


async def test_an_event_that_comes_five_times_has_one_effect(sender: Part, taker: Part, nats: NatsServer) -> None:
    id = str(uuid4())
    for _ in range(3):
        await hand(nats.url, "places.noted.66", b'{"number": 7}', **{"ce-id": id})
    await taker.bus.start()
    await taker.has([7])
    for _ in range(2):
        await hand(nats.url, "places.noted.66", b'{"number": 7}', **{"ce-id": id})
    await sender.publish(8)
    await taker.has([7, 8])


async def test_what_waits_is_taken_in_batches_of_one_transaction(sender: Part, taker: Part) -> None:
    for start in range(0, 250, 50):
        await sender.publish(*range(start, start + 50))
    await sender.all_published()
    await taker.bus.start()
    await taker.has(range(250))
    assert max(map(len, taker.batches)) == taker.settings.batch
    assert len(taker.batches) <= 6


async def test_a_run_for_one_handler_goes_to_it_together(sender: Part, make_part: MakePart) -> None:
    told: list[tuple[str, list[int]]] = []
    part = await make_part("taker")

    def handler(name: str) -> Handler:
        async def take(_: Unit, events: Sequence[Received[Any]]) -> None:
            told.append((name, [event.data.number for event in events]))

        return take

    part.bus.listen("places", {Noted: handler("noted"), Asked: handler("asked")})
    async with sender.store.begin() as unit:
        for event in (Noted(number=1), Noted(number=2), Asked(number=3), Noted(number=4)):
            owe(unit, event)
    await sender.all_published()
    await part.bus.start()
    await until(lambda: _is_quiet(part))
    assert told == [("noted", [1, 2]), ("asked", [3]), ("noted", [4])]


async def test_two_processes_of_one_service_share_the_work(sender: Part, make_part: MakePart) -> None:
    first = await make_part("taker", batch=10)
    second = await make_part("taker", like=first, batch=10)
    for part in (first, second):
        part.bus.listen("places", {Noted: part.note})
        await part.bus.start()
        await part.ready()
    for start in range(0, 600, 100):
        await sender.publish(*range(start, start + 100))
    await first.has(range(600))
    assert first.batches and second.batches


async def test_two_services_each_have_their_effect(sender: Part, taker: Part, make_part: MakePart) -> None:
    other = await make_part("other")
    other.bus.listen("places", {Noted: other.note})
    await taker.bus.start()
    await other.bus.start()
    await sender.publish(1)
    await taker.has([1])
    await other.has([1])


async def test_what_nobody_listens_to_is_passed_over(sender: Part, make_part: MakePart, nats: NatsServer) -> None:
    part = await make_part("taker")
    part.bus.listen("places", {Asked: part.note})
    await hand(nats.url, "places.asked.66", b"{}", **{"ce-type": "places.asked_otherwise"})
    await sender.publish(1)
    await part.bus.start()
    async with sender.store.begin() as unit:
        owe(unit, Asked(number=2))
    await part.has([2])
    await until(lambda: _is_quiet(part))
    assert await part.dead() == []


async def test_what_a_handler_publishes_carries_the_trace_of_its_event(sender: Part, make_part: MakePart) -> None:
    async def answer(unit: Unit, events: Sequence[Received[Any]]) -> None:
        for event in events:
            owe(unit, Asked(number=event.data.number))

    part = await make_part("taker")
    part.bus.listen("places", {Noted: answer})
    traces = [uuid4().hex, uuid4().hex]
    async with sender.store.begin() as unit:
        for number, trace in enumerate(traces):
            owe(unit, Noted(number=number), correlation=trace)
    await sender.all_published()
    await part.bus.start()
    await until(lambda: _is_quiet(part))
    async with part.store.read() as connection:
        outbox = table_of(TABLES.outbox).c
        told = (await connection.execute(select(outbox.headers).order_by(outbox.position))).scalars()
        assert [headers["correlation_id"] for headers in told] == traces


async def _is_quiet(part: Part) -> bool:
    return not part.bus.problems() and await part.bus.backlog() == 0
