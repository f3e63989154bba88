"""Many fall due at one moment: each is done once, by four processes of which one dies; none waits behind another."""

import asyncio
from contextlib import suppress
from datetime import datetime, timedelta

from sqlalchemy import text

from services.assign.base import TABLES
from services.assign.escalation import due as due_module
from services.assign.escalation.due import DueActions
from shared.store import Store
from tests.support.assign import World
from tests.support.due_runner import Stopped, until_nothing_is_due
from tests.support.many_due import complaints, fill

DUE, CLOSED = 1_200, 1_500


class Process:
    """What one process of assign has of its own: connections, a clock, the cycle's work."""

    def __init__(self, dsn: str, now: datetime) -> None:
        self.store, self.clock = Store(dsn, TABLES, source="assign"), Stopped(now)
        self.due = DueActions(self.store, self.clock)

    async def run(self) -> None:
        try:
            await until_nothing_is_due(self.store, self.due, self.clock)
        finally:
            await self.store.close()


async def test_each_step_is_done_once_by_four_processes_of_which_one_dies(world: World, dsn: str):
    now = await fill(world, DUE, CLOSED)
    processes = [Process(dsn, now) for _ in range(4)]
    running = [asyncio.create_task(process.run()) for process in processes]
    while not await done_so_far(world):
        await asyncio.sleep(0)
    running[0].cancel()  # in the middle of whatever it was doing
    with suppress(asyncio.CancelledError):
        await running[0]
    await asyncio.gather(*running[1:])
    assert await complaints(world, DUE, now) == []


async def test_one_process_does_the_same(world: World, dsn: str):
    now = await fill(world, 400, 400)
    await Process(dsn, now).run()
    assert await complaints(world, 400, now) == []


async def test_a_heap_of_one_kind_keeps_the_other_kind_not_waiting(world: World, dsn: str, monkeypatch):
    now = await fill(world, 400, 0)
    async with world.store.begin() as unit:  # what asks a team comes behind all the rest
        await unit.execute(text("update ticket set next_at = next_at + interval '1 s' where next_action = 'widen'"))
    monkeypatch.setattr(due_module, "MOST_STEPS", 10)
    monkeypatch.setattr(due_module, "MOST_ASKS", 10)
    process = Process(dsn, now + timedelta(seconds=2))
    await process.due.work()
    await process.store.close()
    async with world.store.read() as connection:
        told = {row.type: row.count for row in await connection.execute(text(TOLD))}
    assert told["tickets.widened"] == 10
    assert told["clocks.breached"] == 10


async def test_the_oldest_is_done_first(world: World, dsn: str, monkeypatch):
    now = await fill(world, 400, 0)
    async with world.store.begin() as unit:
        await unit.execute(
            text("update ticket set next_at = next_at - interval '1 hour' where next_action = 'resolution_warned'")
        )
    monkeypatch.setattr(due_module, "MOST_STEPS", 40)
    process = Process(dsn, now)
    await process.due.work()
    await process.store.close()
    async with world.store.read() as connection:
        told = {row.type: row.count for row in await connection.execute(text(TOLD))}
    assert told["clocks.warned"] == 40
    assert "clocks.breached" not in told


TOLD = "select headers->>'ce-type' as type, count(*) from outbox group by 1"


async def done_so_far(world: World) -> int:
    async with world.store.read() as connection:
        return await connection.scalar(text("select count(*) from outbox")) or 0
