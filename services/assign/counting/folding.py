"""The cycle that folds changes into days. However late it is, figures are exact: readers add what is not folded."""

from datetime import datetime

from services.assign.counting import store
from shared.clock import Clock
from shared.store import Store

BATCH = 2_000
"""Changes in one transaction."""


class Folding:
    """One batch a call; at once again where there is more."""

    def __init__(self, own: Store, clock: Clock, most: int = BATCH) -> None:
        self._store = own
        self._clock = clock
        self._most = most

    async def work(self) -> datetime | None:
        async with self._store.begin() as unit:
            if not await store.may_fold(unit.connection):
                return None
            folded = await store.fold(unit, self._most)
        return self._clock.now() if folded == self._most else None
