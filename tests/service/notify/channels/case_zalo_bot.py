"""Zalo Bot, against its stand-in."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from services.notify.channels.bots import TIMEOUT_S, Bot
from services.notify.channels.spacing import Spacing
from services.notify.channels.zalo_bot import ZaloBot
from shared.settings import Settings
from tests.service.notify.channels.case import Arrived, Case, Rudeness
from tests.support.stand_ins.zalo_bot import TOKEN, ZaloBotStandIn, no_chat, not_allowed, too_fast, zalo_bot_stand_in

_REFUSALS = {"not_now": too_fast, "never": not_allowed, "bad_address": no_chat}


class OtherSide:
    """Zalo and one person's screen."""

    def __init__(self, stand_in: ZaloBotStandIn, bot: Bot) -> None:
        self._stand_in = stand_in
        self._bot = bot

    async def arrived(self) -> Sequence[Arrived]:
        return [Arrived(chat, text) for chat, text in self._stand_in.messages]

    async def be_rude(self, how: Rudeness) -> None:
        await self.be_kind()
        self._stand_in.on_send = _REFUSALS.get(how)
        self._stand_in.is_silent = how == "silent"
        self._bot.timeout_s = 0.5 if how == "silent" else TIMEOUT_S
        self._stand_in.drops = how == "taken_then_dropped"

    async def be_kind(self) -> None:
        self._stand_in.on_send = None
        self._stand_in.is_silent = self._stand_in.drops = False
        self._bot.timeout_s = TIMEOUT_S


@asynccontextmanager
async def _open(_: Settings) -> AsyncIterator[tuple[ZaloBot, OtherSide]]:
    async with zalo_bot_stand_in() as stand_in:
        bot = Bot(stand_in.url, TOKEN)
        yield ZaloBot(bot, "Bot Tổ Buôn Kbu", Spacing(0, 0)), OtherSide(stand_in, bot)
        await bot.close()


CASE = Case("zalo_bot", _open, "6ede9afa66b88fe6d6a9")
