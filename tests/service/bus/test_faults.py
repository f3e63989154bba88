"""A store that goes away, a process that is killed, a stop in the middle: nothing is lost, nothing done twice."""

import asyncio
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, text
from sqlmodel import col

from shared.events.envelope import Received
from shared.jetstream import message, streams
from shared.store import Unit
from shared.store.base import table_of
from tests.service.bus.conftest import MakePart
from tests.service.bus.world import TABLES, Admin, Effect, Noted, Part, until
from tests.support.servers import NatsServer, PostgresServer


async def test_a_store_that_is_away_for_a_moment_kills_no_message(
    sender: Part, make_part: MakePart, postgres: PostgresServer
) -> None:
    part = await make_part("taker")
    part.bus.listen("places", {Noted: part.note})
    await part.bus.start()
    await part.ready()
    await sender.publish(*range(300))
    await until(lambda: part.batches)
    for _ in range(2):
        postgres.kill()
        await asyncio.sleep(1)
        postgres.start()
        await until(part.store.answers)
        await asyncio.sleep(0.5)
    await part.has(range(300))
    assert await part.dead() == []


async def test_a_stop_lets_the_batch_at_hand_end(sender: Part, make_part: MakePart) -> None:
    part = await make_part("taker")
    begun = asyncio.Event()

    async def slow(unit: Unit, events: Sequence[Received[Any]]) -> None:
        begun.set()
        await asyncio.sleep(0.5)
        await part.note(unit, events)

    part.bus.listen("places", {Noted: slow})
    await part.bus.start()
    await sender.publish(1)
    await begun.wait()
    await part.bus.stop()
    assert await part.numbers() == [1]


async def test_a_process_killed_in_the_middle_of_a_batch_leaves_no_half_effect(
    sender: Part, taker: Part, nats: NatsServer
) -> None:
    await sender.publish(*range(50))
    await sender.all_published()
    script = Path(__file__).parent / "slow_taker.py"
    arguments = (taker.settings.database_url, nats.url)
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(script), *arguments, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout
    async with asyncio.timeout(60):
        while await process.stdout.readline() != b"handling 50\n":
            pass
    process.send_signal(signal.SIGKILL)
    await process.wait()
    assert await taker.numbers() == []
    await taker.bus.start()
    await taker.has(range(50))


async def test_a_store_set_back_to_yesterday_is_brought_up_to_date(sender: Part, taker: Part) -> None:
    await taker.bus.start()
    await sender.publish(1, 2)
    await taker.has([1, 2])
    async with taker.store.read() as connection:
        yesterday = await connection.scalar(text("select now()"))
    await sender.publish(3, 4)
    await taker.has([1, 2, 3, 4])
    async with taker.store.begin() as unit:  # as the backup had it
        await unit.execute(delete(Effect).where(col(Effect.number) > 2))
        await unit.execute(delete(TABLES.inbox).where(table_of(TABLES.inbox).c.received_at > yesterday))
    await taker.bus.replay(yesterday)
    await taker.has([1, 2, 3, 4])
    await taker.ready()
    await sender.publish(5)
    await taker.has([1, 2, 3, 4, 5])


async def test_a_handler_that_takes_longer_than_the_servers_patience_is_not_disturbed(
    sender: Part, make_part: MakePart, nats: NatsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server is told meanwhile that the batch is being worked on."""
    monkeypatch.setattr(streams, "ACK_WAIT_S", 1.0)
    monkeypatch.setattr(message, "ACK_WAIT_S", 1.0)
    part = await make_part("taker")

    async def slow(unit: Unit, events: Sequence[Received[Any]]) -> None:
        await asyncio.sleep(2.5)
        await part.note(unit, events)

    part.bus.listen("places", {Noted: slow})
    await part.bus.start()
    await sender.publish(1)
    await part.has([1])
    await until(lambda: _is_quiet(part))
    async with Admin(nats.url) as jetstream:
        delivered = (await jetstream.consumer_info("places", "taker-places")).delivered
    assert delivered
    assert delivered.consumer_seq == 1


async def _is_quiet(part: Part) -> bool:
    return await part.bus.backlog() == 0
