"""Alembic without an ini file or env.py: each service has one folder `migrations/versions`.

Alembic is imported only where something is to be done: `current` asks the database alone, so a usual start is quick.
"""

import re
from pathlib import Path

from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

VERSION_TABLE = "schema_version"
_CURRENT = "select version_num from schema_version"
_LOCK = 7_105_2025
_REVISION = re.compile(r'^revision(?:: str)? = "([^"]+)"', re.MULTILINE)


async def migrate(url: str, folder: Path) -> bool:
    """Bring a database to the newest revision in `folder`; True where there was something to do."""
    engine = create_async_engine(url, hide_parameters=True)
    try:
        if await current(engine) == newest(folder):
            return False
        async with engine.connect() as connection:
            await connection.execute(text("select pg_advisory_lock(:lock)"), {"lock": _LOCK})
            await connection.commit()
            await connection.run_sync(_upgrade, folder)
            await connection.execute(text("select pg_advisory_unlock(:lock)"), {"lock": _LOCK})
            await connection.commit()
        return True
    finally:
        await engine.dispose()


async def current(engine: AsyncEngine) -> str | None:
    """The database's revision; None where it has none yet."""
    async with engine.connect() as connection:
        if not await connection.scalar(text("select to_regclass(:table)"), {"table": VERSION_TABLE}):
            return None
        return await connection.scalar(text(_CURRENT))


def newest(folder: Path) -> str:
    """The last revision: files are named in order, `0001_….py`, and say `revision = "0001"`."""
    last = max((folder / "versions").glob("[0-9]*.py"))
    found = _REVISION.search(last.read_text())
    if not found:
        raise ValueError(f"{last.name} names no revision")
    return found.group(1)


def _upgrade(connection: Connection, folder: Path) -> None:
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext
    from alembic.script import ScriptDirectory

    script = ScriptDirectory(str(folder))
    environment = EnvironmentContext(Config(), script)
    environment.configure(
        connection=connection,
        fn=lambda revision, _: script._upgrade_revs("head", revision),
        version_table=VERSION_TABLE,
        transaction_per_migration=True,
    )
    with environment.begin_transaction():
        environment.run_migrations()
