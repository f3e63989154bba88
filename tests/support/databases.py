"""Databases for tests, used again: to empty one takes a small part of the time that it takes to make one."""

from collections import defaultdict

import asyncpg

from tests.support.servers import PostgresServer, run_apart

MOST_ROWS = 3_000
"""A database that held more is not used again: its statistics and its dead rows would speak of the test before."""
_TABLES = "select count(*) from pg_tables where schemaname = 'public'"
_EMPTY = f"""
do $$
declare found record; gone bigint; total bigint := 0;
begin
    for found in select tablename from pg_tables where schemaname = 'public' and tablename <> 'schema_version' loop
        execute format('delete from %I', found.tablename);
        get diagnostics gone = row_count;
        total := total + gone;
    end loop;
    if total > {MOST_ROWS} then raise exception 'too many rows'; end if;
    for found in select sequencename, start_value from pg_sequences where schemaname = 'public' loop
        perform setval(format('%I', found.sequencename), found.start_value, false);
    end loop;
end $$"""


class Databases:
    """Of one server: taken by a test, given back after it."""

    def __init__(self, postgres: PostgresServer) -> None:
        self._postgres = postgres
        self._free: dict[str, list[str]] = defaultdict(list)
        self._tables: dict[str, int] = {}

    @classmethod
    def of(cls, postgres: PostgresServer) -> "Databases":
        """The one of this server."""
        return _OF_SERVERS.setdefault(postgres, cls(postgres))

    def take(self, service: str) -> str:
        """The address of an empty, migrated database of this service."""
        if self._free[service]:
            return self._free[service].pop()
        fresh = self._postgres.fresh_database(service)
        if service not in self._tables:
            self._tables[service] = run_apart(_tables_in(fresh))
        return fresh

    def give_back(self, service: str, dsn: str) -> None:
        """Empty it for the next test; forget it where it has other tables now, or somebody still holds its rows."""
        try:
            run_apart(self._emptied(service, dsn))
            self._free[service].append(dsn)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            self._postgres.drop_database(dsn)

    async def _emptied(self, service: str, dsn: str) -> None:
        connection = await asyncpg.connect(dsn.replace("+asyncpg", ""))
        try:
            if await connection.fetchval(_TABLES) != self._tables[service]:
                raise asyncpg.InterfaceError("its tables are others now")
            await connection.execute("set lock_timeout = '1s'")
            await connection.execute(_EMPTY)
        finally:
            await connection.close()


async def _tables_in(dsn: str) -> int:
    connection = await asyncpg.connect(dsn.replace("+asyncpg", ""))
    try:
        return await connection.fetchval(_TABLES)
    finally:
        await connection.close()


_OF_SERVERS: dict[PostgresServer, Databases] = {}
