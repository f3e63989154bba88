"""The bus may lose its tail, or everything, or be set back: whatever it lost is told again.

The default `sync_interval` of JetStream must be as safe as `always`, so what loses a store is tried with both.
"""

import asyncio
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.service.bus.conftest import MakePart
from tests.service.bus.world import Admin, Asked, Noted, Part, until
from tests.support.kind import Servers
from tests.support.servers import NatsServer

both_sync_intervals = pytest.mark.parametrize("sync_interval", ["always", "2m"])


@pytest.fixture
def sync_interval() -> str:
    return "2m"


@pytest.fixture
def nats(servers: Servers, server_folder: Path, sync_interval: str) -> Iterator[NatsServer]:
    """As everywhere, but with either sync interval."""
    folder = Path(tempfile.mkdtemp(prefix="nats-", dir=server_folder))
    server = servers.nats(folder, sync_interval)
    server.start()
    yield server
    server.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def copy(server_folder: Path) -> Iterator[Path]:
    """Where an older copy of the store is kept."""
    folder = Path(tempfile.mkdtemp(prefix="copy-", dir=server_folder))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


async def late_taker(make_part: MakePart) -> Part:
    """One that was never there before: it has exactly what the stream now holds."""
    part = await make_part("late")
    part.bus.listen("places", {Noted: part.note, Asked: part.note})
    await part.bus.start()
    return part


async def test_a_server_that_is_killed_loses_nothing(
    sender: Part, taker: Part, nats: NatsServer, make_part: MakePart
) -> None:
    await taker.bus.start()
    await sender.publish(*range(20))
    nats.kill()
    await sender.publish(*range(20, 40))
    nats.start()
    await taker.has(range(40))
    await (await late_taker(make_part)).has(range(40))


@both_sync_intervals
async def test_all_is_told_again_after_the_store_was_deleted(
    sender: Part, taker: Part, nats: NatsServer, make_part: MakePart
) -> None:
    await taker.bus.start()
    await sender.publish(*range(20))
    await taker.has(range(20))
    nats.kill()
    await sender.publish(*range(20, 30))
    nats.delete_store()
    nats.start()
    await taker.has(range(30))
    await (await late_taker(make_part)).has(range(30))


async def test_an_older_copy_of_the_store_is_brought_up_to_date(
    sender: Part, taker: Part, nats: NatsServer, copy: Path, make_part: MakePart
) -> None:
    await taker.bus.start()
    await sender.publish(*range(20))
    await taker.has(range(20))
    nats.kill()
    nats.copy_store(copy)
    nats.start()
    await sender.ready()
    await sender.publish(*range(20, 40))
    await taker.has(range(40))
    nats.kill()
    nats.restore_store(copy)
    nats.start()
    await taker.has(range(40))
    await (await late_taker(make_part)).has(range(40))


@both_sync_intervals
async def test_an_older_copy_that_was_overtaken_before_anybody_looked_is_brought_up_to_date(
    sender: Part, nats: NatsServer, copy: Path, make_part: MakePart
) -> None:
    """The relay is away while the copy is put back, and the first it does is to publish beyond the lost places."""
    await sender.publish(*range(20))
    await sender.all_published()
    nats.stop()
    nats.copy_store(copy)
    nats.start()
    await sender.publish(*range(20, 40))
    await sender.all_published()
    await sender.bus.stop()
    nats.stop()
    nats.restore_store(copy)
    nats.start()
    again = await make_part("sender", like=sender)
    for start in range(40, 140, 10):
        await again.publish(*range(start, start + 10))
    await again.bus.start()
    await (await late_taker(make_part)).has(range(140))


async def test_others_may_have_overtaken_the_older_copy(
    sender: Part, nats: NatsServer, copy: Path, make_part: MakePart
) -> None:
    """The lost places hold messages of somebody else, and the stream is longer than it ever was."""
    await sender.publish(*range(20))
    await sender.all_published()
    nats.stop()
    nats.copy_store(copy)
    nats.start()
    await sender.publish(*range(20, 40))
    await sender.all_published()
    await sender.bus.stop()
    nats.stop()
    nats.restore_store(copy)
    nats.start()
    async with Admin(nats.url) as jetstream:
        for number in range(50):
            await jetstream.publish("places.other.66", str(number).encode())
    again = await make_part("sender", like=sender)
    await again.bus.start()
    await (await late_taker(make_part)).has(range(40))


@both_sync_intervals
async def test_commits_go_on_while_the_store_is_lost_three_times(
    sender: Part, taker: Part, nats: NatsServer, copy: Path, make_part: MakePart
) -> None:
    await taker.bus.start()
    await taker.ready()
    done = asyncio.Event()
    told: list[int] = []

    async def commit_on() -> None:
        while not done.is_set():
            await sender.publish(len(told))
            told.append(len(told))
            await asyncio.sleep(0.02)

    committing = asyncio.create_task(commit_on())
    for lost in ("everything", "tail", "everything"):
        await asyncio.sleep(0.5)
        if lost == "tail":
            nats.kill()
            nats.copy_store(copy)
            nats.start()
            await sender.ready()
            await asyncio.sleep(0.5)
        nats.kill()
        nats.delete_store() if lost == "everything" else nats.restore_store(copy)
        nats.start()
        await sender.ready()
    done.set()
    await committing
    await taker.has(range(len(told)))
    await (await late_taker(make_part)).has(range(len(told)))


async def test_a_purged_stream_is_filled_again(sender: Part, nats: NatsServer, make_part: MakePart) -> None:
    """At once after a restart, else when the server has forgotten the ids it saw, two minutes later."""
    await sender.publish(*range(20))
    await sender.all_published()
    async with Admin(nats.url) as jetstream:
        await jetstream.purge_stream("places")
    nats.kill()
    nats.start()
    await (await late_taker(make_part)).has(range(20))


async def test_what_left_the_stream_by_age_is_not_sent_again(
    sender: Part, nats: NatsServer, make_part: MakePart
) -> None:
    await sender.publish(*range(20))
    await sender.all_published()
    async with sender.store.begin() as unit:
        await unit.execute(text("update outbox set published_at = published_at - interval '7 days'"))
    await sender.bus.stop()
    async with Admin(nats.url) as jetstream:
        await jetstream.purge_stream("places")
    again = await make_part("sender", like=sender)
    await again.bus.start()
    await again.publish(20)
    await (await late_taker(make_part)).has([20])
    await until(lambda: not again.bus.problems())
    assert await again.owed() == 0


async def test_only_what_is_lost_is_sent_again(sender: Part, nats: NatsServer, copy: Path, make_part: MakePart) -> None:
    """A thousand kept, five hundred lost: the search finds where it broke."""
    for start in range(0, 1000, 250):
        await sender.publish(*range(start, start + 250))
    await sender.all_published()
    nats.stop()
    nats.copy_store(copy)
    nats.start()
    for start in range(1000, 1500, 250):
        await sender.publish(*range(start, start + 250))
    await sender.all_published()
    nats.stop()
    nats.restore_store(copy)
    nats.start()
    await sender.ready()
    await (await late_taker(make_part)).has(range(1500))
    async with Admin(nats.url) as jetstream:
        assert (await jetstream.stream_info("places")).state.messages == 1500
