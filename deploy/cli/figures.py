"""`caunoi figures rebuild`: every figure once more from the tickets' history, while the house runs."""

import asyncio
from collections.abc import Callable

from deploy.cli.migrate import database_urls


def rebuild_figures(say: Callable[[str], None]) -> None:
    """Say what had been wrong: nothing, unless somebody changed the store by hand or a defect did."""
    tickets, days = asyncio.run(_rebuild(database_urls()["assign"]))
    if not tickets and not days:
        say("All figures are what the history says.")
        return
    say(f"{tickets} tickets had been counted otherwise than their history says, {days} days were wrong: mended.")


async def _rebuild(url: str) -> tuple[int, int]:
    from services.assign.base import TABLES
    from services.assign.counting.recounting import rebuild
    from shared.store import Store

    store = Store(url, TABLES, source="assign")
    try:
        return await rebuild(store)
    finally:
        await store.close()
