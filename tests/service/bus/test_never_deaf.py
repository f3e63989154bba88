"""A subscriber never goes deaf, and readiness tells the truth."""

import asyncio

import pytest
from nats.js import JetStreamContext
from nats.js.errors import NotFoundError

from shared.bus import watch
from shared.bus.listener import Listener
from shared.bus.relay import Relay
from shared.bus.watch import Watch
from shared.jetstream import Streams
from shared.store.outbox import Ledger
from tests.service.bus.conftest import MakePart
from tests.service.bus.world import Admin, Noted, Part, until
from tests.support.servers import NatsServer


async def test_it_starts_without_a_server_and_is_ready_when_one_comes(taker: Part, nats: NatsServer) -> None:
    nats.stop()
    async with asyncio.timeout(30):  # nobody will come while we wait
        await taker.bus.start()
    assert taker.bus.problems() == ["The bus is not connected."]
    await taker.publish(1)  # the store serves on
    nats.start()
    await taker.ready()
    await taker.has([1])


async def test_a_stop_without_a_server_is_quick(taker: Part, nats: NatsServer) -> None:
    nats.stop()
    await taker.bus.start()
    await asyncio.sleep(0.1)
    async with asyncio.timeout(10):  # a client's own patience is thirty seconds
        await taker.bus.stop()


async def test_a_server_that_was_away_is_noticed_and_what_was_committed_meanwhile_is_told(
    sender: Part, taker: Part, nats: NatsServer
) -> None:
    await taker.bus.start()
    await sender.publish(1)
    await taker.has([1])
    nats.stop()
    await until(lambda: taker.bus.problems() == ["The bus is not connected."])
    for number in range(2, 12):
        await sender.publish(number)
        await asyncio.sleep(0.2)
    assert await sender.owed() == 10
    nats.start()
    await taker.ready()
    await taker.has(range(1, 12))


async def test_a_deleted_consumer_is_made_again(sender: Part, taker: Part, nats: NatsServer) -> None:
    await taker.bus.start()
    await sender.publish(1)
    await taker.has([1])
    async with Admin(nats.url) as jetstream:
        await jetstream.delete_consumer("places", "taker-places")
    await sender.publish(2)
    await taker.has([1, 2])
    await taker.ready()


async def test_a_deleted_stream_is_made_again_and_filled_again(sender: Part, taker: Part, nats: NatsServer) -> None:
    await taker.bus.start()
    await sender.publish(1)
    await taker.has([1])
    async with Admin(nats.url) as jetstream:
        await jetstream.delete_stream("places")
    await sender.publish(2)
    await taker.has([1, 2])
    await taker.ready()
    async with Admin(nats.url) as jetstream:
        await until(lambda: _has_messages(jetstream, 2))


async def test_what_is_missing_makes_a_service_unready(taker: Part, nats: NatsServer, make_part: MakePart) -> None:
    await taker.bus.start()
    await taker.ready()
    async with Admin(nats.url) as jetstream:
        await jetstream.delete_consumer("places", "taker-places")
    await until(lambda: taker.bus.problems() == ["taker-places is missing on the bus."])
    await taker.ready()


async def test_a_listener_that_takes_nothing_ends_the_process(
    sender: Part, taker: Part, nats: NatsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A listener that was never run stands for one that went deaf."""
    monkeypatch.setattr(watch, "SLOW_AFTER_S", 0.2)
    monkeypatch.setattr(watch, "DEAF_AFTER_S", 0.6)
    await sender.publish(1, 2)
    await sender.all_published()
    streams = Streams(await taker.bus.broker.connect())
    deaf = Listener("taker", "places", {Noted: taker.note}, taker.settings, taker.store)
    ended: list[bool] = []
    relay = Relay("taker", Ledger(taker.settings.database_url), streams)
    looking = Watch(streams, [], [deaf], relay, end=lambda: ended.append(True))
    task = asyncio.create_task(looking.run(0.05))
    await until(lambda: looking.problems == ["taker-places takes none of the 2 events that wait."])
    await until(lambda: ended)
    task.cancel()
    await streams.close()


async def test_a_consumer_declared_otherwise_is_brought_up_to_date(
    sender: Part, make_part: MakePart, nats: NatsServer
) -> None:
    """A version of ours that listens to more must get more."""
    async with Admin(nats.url) as jetstream:
        await jetstream.add_consumer("places", durable_name="taker-places", filter_subject="places.other.>", ack_wait=3)
    part = await make_part("taker")
    part.bus.listen("places", {Noted: part.note})
    await part.bus.start()
    await part.ready()
    await sender.publish(1)
    await part.has([1])
    async with Admin(nats.url) as jetstream:
        config = (await jetstream.consumer_info("places", "taker-places")).config
        assert config.filter_subjects or config.filter_subject == "places.noted.>"
        assert config.ack_wait == 10


async def _has_messages(jetstream: JetStreamContext, count: int) -> bool:
    try:
        return (await jetstream.stream_info("places")).state.messages == count
    except NotFoundError:
        return False
