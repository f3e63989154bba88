"""The machine's own floor, measured in the same run: PostgreSQL's two-row commits, and FastAPI with asyncpg."""

import asyncio
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
from fastapi import FastAPI
from pydantic import BaseModel

from deploy.local.binaries import postgres_program
from deploy.local.ports import free_port
from deploy.local.postgres import Postgres, new_passwords
from tests.support.servers import PostgresServer

TABLES = """
drop table if exists floor_request, floor_outbox;
create table floor_request (id uuid primary key, code text, category text, description text, phone text,
    commune_code text, submitted_at timestamptz default now());
create table floor_outbox (id uuid primary key, subject text, body bytea, created_at timestamptz default now());
"""
TWO_ROWS = """
begin;
insert into floor_request values
    (gen_random_uuid(), '482915307', 'payments', 'Không biết quét mã QR', '+84905123456', '24121');
insert into floor_outbox values (gen_random_uuid(), 'requests.submitted.66', '\\x7b7d');
commit;
"""
CLIENTS = 64


@contextmanager
def floor_postgres(folder: Path) -> Iterator[str]:
    """PostgreSQL as the house has it, fsync on, but with room for 64 clients; the address of a database."""
    server = PostgresServer(folder)
    server.server = Postgres(folder, free_port(), new_passwords(), {"max_connections": "120"})
    server.start()
    try:
        yield server.server.dsn("intake", "intake")
    finally:
        server.stop()


async def prepare(dsn: str) -> None:
    connection = await asyncpg.connect(dsn)
    await connection.execute(TABLES)
    await connection.close()


def two_row_commits(dsn: str, seconds: int) -> float:
    """Transactions of two inserted rows a second, 64 clients, by pgbench."""
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "two_rows.sql"
        script.write_text(TWO_ROWS)
        words = [
            str(postgres_program("pgbench")),
            "-n",
            "-c",
            str(CLIENTS),
            "-j",
            "2",
            "-T",
            str(seconds),
            "-f",
            str(script),
            dsn,
        ]
        done = subprocess.run(words, capture_output=True, text=True, check=True)
    found = re.search(r"tps = ([0-9.]+)", done.stdout)
    assert found, done.stdout
    return float(found.group(1))


class Body(BaseModel):
    """As much as a request says."""

    category: str
    description: str
    phone: str
    commune_code: str
    channel: str
    requester_name: str | None = None


def app() -> FastAPI:
    """What one would write first: a pool, a transaction, two inserts."""

    @asynccontextmanager
    async def lifespan(running: FastAPI) -> AsyncIterator[None]:
        async with asyncpg.create_pool(os.environ["FLOOR_DSN"], min_size=10, max_size=10) as pool:
            running.state.pool = pool
            yield

    made = FastAPI(lifespan=lifespan)

    @made.post("/requests", status_code=201)
    async def create(body: Body) -> dict[str, Any]:
        id = uuid4()
        async with made.state.pool.acquire() as connection, connection.transaction():
            await connection.execute(
                "insert into floor_request values ($1, $2, $3, $4, $5, $6)",
                id,
                "482915307",
                body.category,
                body.description,
                body.phone,
                body.commune_code,
            )
            await connection.execute(
                "insert into floor_outbox values ($1, $2, $3)",
                uuid4(),
                "requests.submitted.66",
                body.model_dump_json().encode(),
            )
        return {"id": id, "code": "482915307"}

    return made


@asynccontextmanager
async def floor_server(dsn: str) -> AsyncIterator[str]:
    """The floor's own process, served as our services are; its address."""
    port = free_port()
    words = [
        sys.executable,
        "-m",
        "uvicorn",
        "tests.bench.floor:app",
        "--factory",
        "--port",
        str(port),
        "--no-access-log",
        "--log-level",
        "warning",
    ]
    process = subprocess.Popen(words, env={**os.environ, "FLOOR_DSN": dsn})
    try:
        await _answers(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


async def _answers(port: int) -> None:
    for _ in range(200):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            return
        except OSError:
            await asyncio.sleep(0.05)
    raise TimeoutError("the floor's server does not answer")
