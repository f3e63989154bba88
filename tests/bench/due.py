"""Everything falls due at one moment on a full table: how long until all is done, by one process and by four."""

import asyncio
import subprocess
import sys
import time
from datetime import datetime
from typing import Any

from tests.support.assign import World
from tests.support.many_due import complaints, fill
from tests.support.servers import PostgresServer

PROCESSES = (1, 4)


def due_figures(postgres: PostgresServer, due: int, closed: int) -> dict[str, Any]:
    """Seconds and tickets a second. RuntimeError where anything was skipped or doubled."""
    found: dict[str, Any] = {}
    for processes in PROCESSES:
        dsn = postgres.fresh_database("assign")
        now = asyncio.run(_filled(dsn, due, closed))
        seconds = _run(dsn, now, processes)
        if wrong := asyncio.run(_complaints(dsn, due, now)):
            raise RuntimeError("; ".join(wrong))
        found |= {f"due_{processes}_s": round(seconds, 1), f"due_{processes}_per_s": round(due / seconds)}
        print(f"{due:,} due of {due + closed:,}, {processes} processes: {seconds:.1f} s; each step once, none left")
        postgres.drop_database(dsn)
    return found


def _run(dsn: str, now: datetime, processes: int) -> float:
    command = [sys.executable, "-m", "tests.support.due_runner", dsn, now.isoformat()]
    start = time.perf_counter()
    running = [subprocess.Popen(command, stderr=subprocess.DEVNULL) for _ in range(processes)]
    codes = [one.wait() for one in running]
    if any(codes):
        raise RuntimeError("a process failed")
    return time.perf_counter() - start


async def _filled(dsn: str, due: int, closed: int) -> datetime:
    world = await World(dsn).begin()
    try:
        return await fill(world, due, closed)
    finally:
        await world.close()


async def _complaints(dsn: str, due: int, now: datetime) -> list[str]:
    world = World(dsn)
    try:
        return await complaints(world, due, now)
    finally:
        await world.close()
