"""The embedded servers: each role stays in its own database, and nothing is lost by a kill."""

import os
from pathlib import Path

import asyncpg
import nats as nats_py
import pytest

from deploy.local.postgres import SERVICES, buffers_mb
from tests.support.servers import FreshDatabase, NatsServer, PostgresServer


def plain(dsn: str) -> str:
    return dsn.replace("+asyncpg", "")


@pytest.mark.parametrize("role", SERVICES)
@pytest.mark.parametrize("database", [*SERVICES, "postgres", "template1"])
async def test_a_role_connects_to_its_own_database_and_to_no_other(
    postgres: PostgresServer, role: str, database: str
) -> None:
    dsn = postgres.server.dsn(database, role)
    if role == database:
        connection = await asyncpg.connect(dsn)
        assert await connection.fetchval("select current_user") == role
        await connection.close()
    else:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await asyncpg.connect(dsn)


async def test_a_wrong_password_is_refused(postgres: PostgresServer) -> None:
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(postgres.server.dsn("assign"), password="guessed")


@pytest.mark.parametrize(("stored_mb", "buffers"), [(0, 24), (400, 100), (9_000, 256)])
def test_buffers_grow_with_what_is_stored(tmp_path: Path, stored_mb: int, buffers: int) -> None:
    table = tmp_path / "base" / "16384" / "2619"
    table.parent.mkdir(parents=True)
    with table.open("wb") as file:
        file.truncate(stored_mb * 1_000_000)
    assert buffers_mb(tmp_path / "base") == buffers


async def test_the_running_server_has_them(postgres: PostgresServer) -> None:
    connection = await asyncpg.connect(postgres.server.dsn("assign"))
    assert await connection.fetchval("show shared_buffers") == "24MB"
    await connection.close()


@pytest.mark.parametrize("extension", ["cube", "pg_trgm", "unaccent", "btree_gist"])
async def test_a_service_may_create_the_extensions_it_needs(database: FreshDatabase, extension: str) -> None:
    connection = await asyncpg.connect(plain(database("assign")))
    await connection.execute(f"create extension if not exists {extension}")
    await connection.close()


async def test_each_test_has_a_database_of_its_own(database: FreshDatabase) -> None:
    first, second = database("intake"), database("intake")
    connection = await asyncpg.connect(plain(first))
    await connection.execute("create table only_here (id int)")
    await connection.close()
    connection = await asyncpg.connect(plain(second))
    assert await connection.fetchval("select to_regclass('only_here')") is None
    await connection.close()


async def test_committed_rows_outlive_a_killed_postgres(postgres: PostgresServer, database: FreshDatabase) -> None:
    dsn = plain(database("notify"))
    connection = await asyncpg.connect(dsn)
    await connection.execute("create table kept as select 7 as seven")
    postgres.kill()
    postgres.start()
    connection = await asyncpg.connect(dsn)
    assert await connection.fetchval("select seven from kept") == 7
    await connection.close()


async def test_a_killed_nats_has_its_messages_again_and_a_wiped_one_has_none(nats: NatsServer) -> None:
    await _publish_one(nats.url)
    nats.kill()
    nats.start()
    assert await _streams(nats.url) == {"things": 1}
    nats.kill()
    nats.delete_store()
    nats.start()
    assert await _streams(nats.url) == {}


async def test_a_copy_of_the_store_can_be_put_back(nats: NatsServer) -> None:
    copy = nats.server.folder / "copy"
    await _publish_one(nats.url)
    nats.stop()
    nats.copy_store(copy)
    nats.start()
    await _publish_one(nats.url)
    nats.stop()
    nats.restore_store(copy)
    nats.start()
    assert await _streams(nats.url) == {"things": 1}


async def _publish_one(url: str) -> None:
    client = await nats_py.connect(url)
    stream = client.jetstream()
    await stream.add_stream(name="things", subjects=["things.>"])
    await stream.publish("things.one", b"1")
    await client.close()


async def _streams(url: str) -> dict[str, int]:
    client = await nats_py.connect(url)
    found = await client.jetstream().streams_info()
    await client.close()
    return {str(info.config.name): info.state.messages for info in found}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root becomes somebody else")
async def test_started_by_root_postgres_is_nobody_and_reaches_a_closed_folder(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    server = PostgresServer(closed / "postgres")
    server.start()
    try:
        assert closed.stat().st_mode & 0o777 == 0o700, "other people's folders stay as they are"
        assert (server.server.data / "PG_VERSION").owner() == "nobody"
        connection = await asyncpg.connect(server.server.dsn("intake"))
        assert await connection.fetchval("select 1") == 1
        await connection.close()
    finally:
        server.stop()


async def test_a_cluster_whose_making_was_broken_off_is_made_anew(tmp_path: Path) -> None:
    server = PostgresServer(tmp_path / "postgres")
    (server.server.folder / "unfinished" / "base").mkdir(parents=True)
    server.start()
    server.stop()
    assert not (server.server.folder / "unfinished").exists()
    assert not (server.server.folder / "password").exists()
