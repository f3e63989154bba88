"""The migrations make exactly the tables that notify declares."""

import importlib
from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Connection

from services.notify.base import TABLES, NotifyTable
from shared.settings import Settings
from shared.store import Store
from shared.store.migrate import VERSION_TABLE
from tests.support.servers import FreshDatabase


async def test_the_migrated_store_is_what_the_code_declares(database: FreshDatabase) -> None:
    store = Store(database("notify"), TABLES, source="notify")
    async with store.read() as connection:
        assert await connection.run_sync(_differences) == []
    await store.close()


async def test_communes_that_were_known_without_a_name_get_it(settings: Settings) -> None:
    store = Store(settings.database_url, TABLES, source="notify")
    async with store.engine.connect() as connection:  # never committed
        values = "values ('24121@2025-07-01', 1, '24121', 'commune', '{66,24121}', '66')"
        await connection.exec_driver_sql("delete from unit")  # what other tests of this process left
        await connection.exec_driver_sql(f"insert into unit (key, revision, code, kind, path, province) {values}")
        await connection.run_sync(_name_units)
        row = (await connection.exec_driver_sql("select full_name, former_names from unit")).one()
    assert row.full_name == "Phường Tân Lập"
    assert "Xã Hòa Thắng (thành phố Buôn Ma Thuột)" in row.former_names
    await store.close()


def _name_units(connection: Connection) -> None:
    migration = importlib.import_module("services.notify.migrations.versions.0005_text_requests")
    with Operations.context(MigrationContext.configure(connection)):
        migration._name_units()


def _differences(connection: Connection) -> list[Any]:
    context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
    return compare_metadata(context, NotifyTable.metadata)
