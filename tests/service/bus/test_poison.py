"""A bad message stops nobody: it is tried later, given up in the end, kept with its reason, and can be retried."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from shared.events.envelope import Received
from shared.store import Unit
from tests.service.bus.conftest import MakePart
from tests.service.bus.world import Admin, Noted, Part, hand, until
from tests.support.servers import NatsServer


async def test_what_cannot_be_read_is_dead_at_once_and_those_behind_it_are_taken(
    sender: Part, taker: Part, nats: NatsServer
) -> None:
    await hand(nats.url, "places.noted.66", b"not JSON")
    await hand(nats.url, "places.noted.66", b'{"number": "Nguyen Van A, 0905123456"}')
    await hand(nats.url, "places.noted.66", b'{"number": 5}', **{"ce-id": "no UUID"})
    await sender.publish(1, 2)
    await taker.bus.start()
    await taker.has([1, 2])
    letters = await taker.dead()
    assert {letter["reason"] for letter in letters} == {
        "unreadable: body: json_invalid",
        "unreadable: number: int_parsing",
        "unreadable: header ce-id is no UUID",
    }
    assert {letter["deliveries"] for letter in letters} == {1}


async def test_a_message_without_headers_is_dead_at_once(sender: Part, taker: Part, nats: NatsServer) -> None:
    async with Admin(nats.url) as jetstream:
        await jetstream.publish("places.noted.66", b'{"number": 1}')
    await sender.publish(2)
    await taker.bus.start()
    await taker.has([2])
    assert [letter["reason"] for letter in await taker.dead()] == ["unreadable: no header ce-type"]


async def test_the_same_unreadable_message_twice_is_one_dead_letter(
    taker: Part, sender: Part, nats: NatsServer
) -> None:
    for _ in range(2):
        await hand(nats.url, "places.noted.66", b"{}", **{"ce-id": "018f0000-0000-7000-8000-000000000001"})
    await sender.publish(1)
    await taker.bus.start()
    await taker.has([1])
    assert len(await taker.dead()) == 1


async def test_a_handler_that_fails_at_first_is_tried_again(sender: Part, make_part: MakePart) -> None:
    part = await make_part("taker")
    failures = iter(range(3))

    async def at_last(unit: Unit, events: Sequence[Received[Any]]) -> None:
        if next(failures, None) is not None:
            raise RuntimeError("not yet")
        await part.note(unit, events)

    part.bus.listen("places", {Noted: at_last})
    await part.bus.start()
    await sender.publish(1)
    await part.has([1])
    assert await part.dead() == []


async def test_an_event_that_always_fails_hurts_only_itself(sender: Part, taker: Part) -> None:
    await sender.publish(*range(50), bad=[0, 20])
    await taker.bus.start()
    good = [number for number in range(50) if number not in (0, 20)]
    await taker.has(good)
    await until(lambda: _letters(taker, 2))
    await sender.publish(50)
    await taker.has([*good, 50])
    letters = await taker.dead()
    assert {letter["about"] for letter in letters} == {"0", "20"}
    assert {letter["deliveries"] for letter in letters} == {taker.settings.delivery_limit}


async def test_the_reason_tells_what_and_where_but_no_number_of_a_person(sender: Part, taker: Part) -> None:
    await sender.publish(1, bad=[1])
    await taker.bus.start()
    await until(lambda: _letters(taker, 1))
    [letter] = await taker.dead()
    assert letter["reason"].startswith("ValueError: the number … is bad at world.py:")


async def test_a_dead_letter_is_retried_once_and_only_here(sender: Part, taker: Part, make_part: MakePart) -> None:
    other = await make_part("other")
    other.bad_is_good = True
    other.bus.listen("places", {Noted: other.note})
    await other.bus.start()
    await taker.bus.start()
    await sender.publish(1, bad=[1])
    await until(lambda: _letters(taker, 1))
    [letter] = await taker.dead()

    assert not await taker.bus.retry(letter["id"])  # still bad
    assert await taker.numbers() == []
    taker.bad_is_good = True
    assert await taker.bus.retry(letter["id"])
    assert not await taker.bus.retry(letter["id"])  # done
    assert not await taker.bus.retry("no id of any letter")
    assert await taker.numbers() == [1]
    assert await other.numbers() == [1]
    assert await taker.dead() == []


async def test_ten_people_retry_at_once_and_it_happens_once(sender: Part, taker: Part) -> None:
    await taker.bus.start()
    await sender.publish(1, bad=[1])
    await until(lambda: _letters(taker, 1))
    [letter] = await taker.dead()
    taker.bad_is_good = True
    assert sorted(await asyncio.gather(*(taker.bus.retry(letter["id"]) for _ in range(10)))) == [False] * 9 + [True]
    assert await taker.numbers() == [1]


async def test_a_dead_letter_whose_event_came_again_and_went_well_is_not_done_twice(sender: Part, taker: Part) -> None:
    await taker.bus.start()
    await sender.publish(1, bad=[1])
    await until(lambda: _letters(taker, 1))
    [letter] = await taker.dead()
    taker.bad_is_good = True
    await taker.bus.replay(None)
    await taker.has([1])
    assert await taker.bus.retry(letter["id"])
    assert await taker.numbers() == [1]


@pytest.mark.parametrize("limit", [3])
async def test_a_message_that_kills_whoever_handles_it_dies_before_it_is_handled_again(
    sender: Part, make_part: MakePart, nats: NatsServer, limit: int
) -> None:
    await sender.publish(1)
    await sender.all_published()
    part = await make_part("taker", delivery_limit=limit)
    part.bus.listen("places", {Noted: part.note})
    async with Admin(nats.url) as jetstream:  # takes it, and is never heard of again
        pull = await jetstream.pull_subscribe("places.noted.>", durable="taker-places", stream="places")
        for _ in range(limit):
            [message] = await pull.fetch(1)
            await message.nak()
    await part.bus.start()
    await until(lambda: _letters(part, 1))
    [letter] = await part.dead()
    assert letter["reason"] == "delivered 4 times and never handled to the end"
    assert part.batches == []


async def _letters(part: Part, count: int) -> bool:
    return len(await part.dead()) == count
