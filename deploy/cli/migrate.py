"""`caunoi migrate`: bring databases to the newest version."""

import asyncio
import os
from collections.abc import Callable, Mapping
from pathlib import Path

from deploy.cli.running import running_installation
from deploy.local.failures import CannotStart
from deploy.local.postgres import SERVICES

MIGRATIONS = Path(__file__).resolve().parents[2] / "services"


def migrate(say: Callable[[str], None]) -> None:
    """All three."""
    for service, url in database_urls().items():
        changed = asyncio.run(_migrate(url, service))
        say(f"{service}: {'migrated' if changed else 'is at the newest version'}")


def database_urls() -> Mapping[str, str]:
    """Addresses of the three databases: those that files in SECRETS_DIR name, else this machine's installation's."""
    folder = os.environ.get("SECRETS_DIR")
    return _told(Path(folder)) if folder else _installed()


def _told(folder: Path) -> Mapping[str, str]:
    files = {service: folder / f"{service}_database_url" for service in SERVICES}
    for file in files.values():
        if not file.is_file() or not file.read_text().strip():
            raise CannotStart(f"The secret {file.name} is missing. Run deploy/secrets/make.sh, then start again.")
    return {service: file.read_text().strip() for service, file in files.items()}


def _installed() -> Mapping[str, str]:
    postgres = running_installation().postgres
    return {service: postgres.dsn(service, driver="postgresql+asyncpg") for service in SERVICES}


async def _migrate(url: str, service: str) -> bool:
    from shared.store.migrate import migrate

    return await migrate(url, MIGRATIONS / service / "migrations")
