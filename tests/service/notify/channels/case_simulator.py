"""The simulated network."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from services.notify.base import TABLES
from services.notify.channels import phones
from services.notify.channels.simulator import Simulator
from shared.settings import Settings
from shared.store import Store
from tests.service.notify.channels.case import Arrived, Case, Rudeness

PHONE = "+84905123456"
_BEHAVIOURS: dict[Rudeness, str] = {"not_now": "busy", "never": "barred", "bad_address": "unknown_number"}


class Network:
    """Its one phone."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def arrived(self) -> Sequence[Arrived]:
        async with self._store.read() as connection:
            return [Arrived(PHONE, row.text) for row in await phones.texts_on(connection, PHONE)]

    async def be_rude(self, how: Rudeness) -> None:
        async with self._store.begin() as unit:
            await phones.behave(unit, PHONE, _BEHAVIOURS[how])

    async def be_kind(self) -> None:
        async with self._store.begin() as unit:
            await phones.behave(unit, PHONE, None)


@asynccontextmanager
async def _open(settings: Settings) -> AsyncIterator[tuple[Simulator, Network]]:
    store = Store(settings.database_url, TABLES, source="notify")
    yield Simulator(store), Network(store)
    await store.close()


CASE = Case("simulator", _open, PHONE, frozenset(_BEHAVIOURS), once=True)
