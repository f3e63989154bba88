"""The first start's work in a process of its own: what it takes (70 MB, mostly never given back) goes with it.

python -m services.assign.first_start        settings as JSON and a time, on two lines of standard input
"""

import asyncio
import sys
from asyncio.subprocess import PIPE
from datetime import datetime

from services.assign import start
from services.assign.base import TABLES
from shared.settings import Settings
from shared.store import Store


class FirstStartFailed(Exception):
    """The store could not be filled; the child has said why on standard error."""


async def begin_once(store: Store, settings: Settings, at: datetime) -> None:
    """Fill an empty store; where it is filled, which is nearly always, only look."""
    if await start.is_needed(store, settings):
        await _begin_apart(settings, at)


async def _begin_apart(settings: Settings, at: datetime) -> None:
    child = await asyncio.create_subprocess_exec(sys.executable, "-m", "services.assign.first_start", stdin=PIPE)
    try:
        await child.communicate(f"{settings.model_dump_json()}\n{at.isoformat()}\n".encode())
    finally:
        if child.returncode is None:
            child.kill()
    if child.returncode != 0:
        raise FirstStartFailed(f"the process that fills the store ended with {child.returncode}")


async def _begin_here(settings: Settings, at: datetime) -> None:
    store = Store(settings.database_url, TABLES, source="assign")
    try:
        await start.begin(store, settings, at)
    finally:
        await store.close()


def main() -> None:
    """What the child does."""
    from shared import logs

    settings = Settings.model_validate_json(sys.stdin.readline())
    logs.configure("assign", settings.log_format, settings.log_level)
    asyncio.run(_begin_here(settings, datetime.fromisoformat(sys.stdin.readline().strip())))


if __name__ == "__main__":
    main()
