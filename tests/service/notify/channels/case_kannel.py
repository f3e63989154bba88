"""Kannel, as a stand-in of its smsbox. The real one: tests/phones."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest

from services.notify.channels import kannel
from services.notify.channels.kannel import Kannel, KannelSettings
from shared.settings import Settings
from tests.service.notify.channels.case import Arrived, Case, Rudeness
from tests.support.stand_ins.kannel import BUSY, DENIED, NOT_ROUTABLE, PASSWORD, USERNAME, KannelStandIn, Said

PHONE = "+84905123456"
_ANSWERS: dict[Rudeness, Said] = {
    "not_now": BUSY,
    "never": NOT_ROUTABLE,
    "bad_address": DENIED,
    "silent": "silence",
    "taken_then_dropped": "hang_up",
}


class Network:
    """Behind the stand-in. `impatience`: patches how long we wait, only where nothing is to come."""

    def __init__(self, stand_in: KannelStandIn, impatience: pytest.MonkeyPatch) -> None:
        self._stand_in = stand_in
        self._impatience = impatience

    async def arrived(self) -> Sequence[Arrived]:
        return [Arrived(taken.to, taken.text) for taken in self._stand_in.taken]

    async def be_rude(self, how: Rudeness) -> None:
        await self.be_kind()
        if how == "silent":
            self._impatience.setattr(kannel, "TIMEOUT_S", 0.3)
        self._stand_in.decide = lambda _: _ANSWERS[how]

    async def be_kind(self) -> None:
        self._impatience.undo()
        self._stand_in.be_kind()


@asynccontextmanager
async def _open(_: Settings) -> AsyncIterator[tuple[Kannel, Network]]:
    async with KannelStandIn().running() as stand_in:
        settings = KannelSettings(url=stand_in.url, username=USERNAME, password=PASSWORD, hook_secret="s" * 16)
        channel = Kannel(settings, "8077", lambda id: f"http://notify/hooks/kannel/receipt?id={id}&bits=%d")
        with pytest.MonkeyPatch.context() as impatience:
            yield channel, Network(stand_in, impatience)
        await channel.close()


CASE = Case("kannel", _open, PHONE)
