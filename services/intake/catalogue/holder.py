"""Keeps the catalogue in memory in step with the store, whichever process wrote it."""

from datetime import datetime

import structlog

from services.intake.catalogue.memory import Catalogue
from services.intake.catalogue.store import PAGE, Entry, changed_since
from shared.store import Store

log = structlog.get_logger()
LOOK_S = 1.0
"""So old may a change of another process be before this one knows it."""


class Holder:
    """Reads what changed since it last looked. One indexed query a second, empty nearly always."""

    def __init__(self, store: Store, catalogue: Catalogue) -> None:
        self._store = store
        self._catalogue = catalogue
        self._last: Entry | None = None

    async def catch_up(self) -> None:
        """Read all that is new, page by page, and know it at once: nobody meets half a country."""
        found: list[Entry] = []
        while True:
            async with self._store.read() as connection:
                entries = await changed_since(connection, found[-1] if found else self._last)
            found += entries
            if len(entries) < PAGE:
                break
        if found:
            self._catalogue.take(found)
            self._last = found[-1]
            log.debug("catalogue.read", entries=len(found), version=self._last.version)

    async def look(self) -> datetime | None:
        """As the work of a cycle: nothing is due, it looks again after `LOOK_S`."""
        await self.catch_up()
        return None
