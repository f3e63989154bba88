"""`caunoi migrate`: bring databases to the newest version."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from deploy.cli.running import running_installation
from deploy.local.postgres import SERVICES

MIGRATIONS = Path(__file__).resolve().parents[2] / "services"


def migrate(say: Callable[[str], None]) -> None:
    """All three of this installation."""
    postgres = running_installation().postgres
    for service in SERVICES:
        changed = asyncio.run(_migrate(postgres.dsn(service, driver="postgresql+asyncpg"), service))
        say(f"{service}: {'migrated' if changed else 'is at the newest version'}")


async def _migrate(url: str, service: str) -> bool:
    from shared.store.migrate import migrate

    return await migrate(url, MIGRATIONS / service / "migrations")
