"""Zalo, against its stand-in: a chat within the week."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from services.notify.base import TABLES
from services.notify.channels import zalo_store
from services.notify.channels.zalo import TIMEOUT_S, Zalo, ZaloSettings
from services.notify.channels.zalo_tokens import App, Tokens
from shared.settings import Settings
from shared.store import Store
from tests.service.notify.channels.case import Arrived, Case, Rudeness
from tests.service.notify.channels.zalo_granted import granted, zalo_settings
from tests.service.notify.story import NOON
from tests.support.stand_ins.zalo import APP_ID, APP_SECRET, ZaloStandIn, error, later, zalo_stand_in

USER = "4091234567890123456"
_REFUSALS = {"not_now": later, "never": lambda: error(-248), "bad_address": lambda: error(-213)}


class OtherSide:
    """Zalo and one person's screen."""

    def __init__(self, stand_in: ZaloStandIn, channel: Zalo) -> None:
        self._stand_in = stand_in
        self._channel = channel

    async def arrived(self) -> Sequence[Arrived]:
        return [Arrived(shown.to, shown.text) for shown in self._stand_in.shown]

    async def be_rude(self, how: Rudeness) -> None:
        await self.be_kind()
        self._stand_in.on_chat = _REFUSALS.get(how)
        self._stand_in.is_silent = how == "silent"
        self._channel.timeout_s = 0.5 if how == "silent" else TIMEOUT_S
        self._stand_in.drops = how == "taken_then_dropped"

    async def be_kind(self) -> None:
        self._stand_in.on_chat = None
        self._stand_in.is_silent = self._stand_in.drops = False
        self._channel.timeout_s = TIMEOUT_S


@asynccontextmanager
async def _open(settings: Settings) -> AsyncIterator[tuple[Zalo, OtherSide]]:
    store = Store(settings.database_url, TABLES, source="notify")
    async with zalo_stand_in() as stand_in:
        await granted(store, stand_in)
        async with store.begin() as unit:
            await zalo_store.note_visit(unit, USER, NOON)
        tokens = Tokens(App(APP_ID, APP_SECRET, stand_in.url), store)
        channel = Zalo(ZaloSettings(**zalo_settings(stand_in)), tokens, store, {})  # pyright: ignore[reportArgumentType]  (read from text)
        yield channel, OtherSide(stand_in, channel)
        await channel.close()
    await store.close()


CASE = Case("zalo", _open, USER)
