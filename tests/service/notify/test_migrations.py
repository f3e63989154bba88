"""The migrations make exactly the tables that notify declares."""

from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection

from services.notify.base import TABLES, NotifyTable
from shared.store import Store
from shared.store.migrate import VERSION_TABLE


async def test_the_migrated_store_is_what_the_code_declares(notify_database: str) -> None:
    store = Store(notify_database, TABLES, source="notify")
    async with store.read() as connection:
        assert await connection.run_sync(_differences) == []
    await store.close()


def _differences(connection: Connection) -> list[Any]:
    context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
    return compare_metadata(context, NotifyTable.metadata)
