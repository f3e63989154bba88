"""`python -m tests.bench.exports`: what a large export takes of memory, time and disk, and whether others are served.

A store with so many tickets of one province; the service in a thread of this process, its memory that of the whole
process (the reader throws away what it reads). Not part of `make bench`: a million tickets take minutes to make.
"""

import argparse
import asyncio
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil
from sqlalchemy import text

from shared.identity import SESSION_COOKIE
from tests.browser.assign_served import Served, serve
from tests.support.assign import World
from tests.support.assign_web import PROVINCE_SUPERVISOR
from tests.support.servers import PostgresServer

MIB = 1 << 20
_MULTIPLIED = """
    insert into ticket ({columns})
    select {values} from ticket cross join generate_series(1, :more) as n where ticket.code = :code"""
_OTHERS = {
    "code": "lpad((100000000 + n)::text, 9, '0')",
    "submitted_at": "submitted_at - n * interval '1 second'",
    "status": "(array['closed', 'cancelled', 'offered'])[1 + n % 3]",
    "village_name": "'Buôn ' || n % 500",
    "pauses": """case when n % 5 = 0 then '[["2026-11-25T02:00:00+00:00", "2026-11-25T03:00:00+00:00"]]'::jsonb
                 else '[]'::jsonb end""",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tickets", type=int, default=1_000_000)
    parser.add_argument("--only", choices=["csv", "xlsx"])
    wishes = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="caunoi-exports-"))
    folder.chmod(0o711)
    os.environ["CAUNOI_HOME"] = str(folder / "home")
    postgres = PostgresServer(folder / "postgres")
    try:
        postgres.start()
        with serve(postgres.fresh_database("assign")) as assign:
            assign.do(_few(assign.world))
            _many(assign, wishes.tickets)
            client = httpx.Client(base_url=assign.url, timeout=600)
            client.cookies[SESSION_COOKIE] = assign.session(PROVINCE_SUPERVISOR)
            if wishes.only != "xlsx":
                _csv(client)
            if wishes.only != "csv":
                _xlsx(client)
    finally:
        postgres.stop()
        shutil.rmtree(folder, ignore_errors=True)


async def _few(world: World) -> None:
    await world.team("near", metres=100)
    await world.ask()


def _many(assign: Served, tickets: int) -> None:
    async def multiply() -> None:
        async with assign.world.store.begin() as unit:
            found = await unit.connection.execute(text("select * from ticket limit 1"))
            [row] = found.mappings()
            names = [str(name) for name in row]
            columns, values = ", ".join(names), ", ".join(_OTHERS.get(name, name) for name in names)
            statement = _MULTIPLIED.format(columns=columns, values=values)
            await unit.connection.execute(text(statement), {"more": tickets - 1, "code": row["code"]})
        async with assign.world.store.engine.connect() as connection:
            await (await connection.execution_options(isolation_level="AUTOCOMMIT")).execute(text("vacuum analyze"))

    asyncio.run_coroutine_threadsafe(multiply(), assign._loop).result()
    print(f"{tickets:,} tickets", flush=True)


def _csv(client: httpx.Client) -> None:
    with _watched("csv", client), client.stream("GET", "/supervisor/tickets.csv?status=all") as answer:
        begun, first, size, rows = time.monotonic(), None, 0, -1
        for part in answer.iter_raw():
            first = first or time.monotonic() - begun
            size, rows = size + len(part), rows + part.count(b"\r\n")
        print(f"csv: {rows:,} rows, {size / 1e6:.0f} MB, first bytes after {first:.2f} s", flush=True)


def _xlsx(client: httpx.Client) -> None:
    with _watched("xlsx", client):
        page = client.get("/supervisor/tickets.xlsx?status=all").headers["location"]
        while "hx-get" in client.get(f"{page}?part=yes").text:
            time.sleep(0.5)
    with client.stream("GET", f"{page}/file") as answer:
        print(f"xlsx: {answer.headers['content-length']} bytes", flush=True)


@contextmanager
def _watched(what: str, client: httpx.Client) -> Iterator[None]:
    """Memory of this process, and how long a page of others takes meanwhile."""
    process, over = psutil.Process(), threading.Event()
    before, most, waits = process.memory_info().rss, 0, list[float]()

    def watch() -> None:
        nonlocal most
        with httpx.Client(base_url=client.base_url) as other:
            while not over.is_set():
                begun = time.monotonic()
                other.get("/healthz")
                waits.append(time.monotonic() - begun)
                most = max(most, process.memory_info().rss)
                time.sleep(0.1)

    thread, begun = threading.Thread(target=watch), time.monotonic()
    thread.start()
    yield
    over.set()
    thread.join()
    waits.sort()
    print(
        f"{what}: {time.monotonic() - begun:.0f} s, memory {before / MIB:.0f} MiB before, {most / MIB:.0f} at most; "
        f"another page p50 {waits[len(waits) // 2] * 1000:.0f} ms, p99 {waits[len(waits) * 99 // 100] * 1000:.0f} ms",
        flush=True,
    )


if __name__ == "__main__":
    main()
