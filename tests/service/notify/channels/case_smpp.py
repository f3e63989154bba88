"""A message centre by another codec."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest

from services.notify.channels import smpp_link, smpp_session
from services.notify.channels.smpp import SmppChannel, SmppSettings
from services.notify.channels.smpp_reading import Delivery
from shared.settings import Settings
from tests.service.notify.channels.case import Arrived, Case, Rudeness
from tests.support.stand_ins.smpp.centre import PASSWORD, Centre, running_centre

_BEHAVIOURS: dict[Rudeness, dict[str, object]] = {
    "not_now": {"submit": "refuse", "status": 0x58},
    "never": {"submit": "refuse", "status": 0x66},
    "bad_address": {"submit": "refuse", "status": 0x0B},
    "silent": {"submit": "silent"},
    "taken_then_dropped": {"submit": "drop"},
}


class Nobody:
    """Takes in nothing."""

    async def take(self, delivery: Delivery) -> None: ...

    def answered(self, delivery: Delivery) -> None: ...

    def dropped(self) -> None: ...


class _OtherSide:
    def __init__(self, centre: Centre, patch: pytest.MonkeyPatch) -> None:
        self._centre = centre
        self._patch = patch

    async def arrived(self) -> Sequence[Arrived]:
        return [Arrived(*one) for one in await self._centre.texts()]

    async def be_rude(self, how: Rudeness) -> None:
        # Nobody waits long for an answer that will not come; for one that will, as long as it takes.
        self._patch.setattr(smpp_session, "ANSWER_S", 0.2 if how == "silent" else 30.0)
        await self._centre.behave(**_BEHAVIOURS[how])

    async def be_kind(self) -> None:
        self._patch.setattr(smpp_session, "ANSWER_S", 30.0)
        await self._centre.behave(submit="take")


@asynccontextmanager
async def _open(_: Settings) -> AsyncIterator[tuple[SmppChannel, _OtherSide]]:
    centre = running_centre()
    await centre.reset()
    settings = SmppSettings(host="127.0.0.1", port=centre.port, system_id="us", password=PASSWORD, source="8077")
    channel = SmppChannel(settings, Nobody())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(smpp_link, "FIRST_PAUSE_S", 0.05)
        patch.setattr(smpp_link, "PATIENCE_S", 30.0)
        await channel.link.start()
        yield channel, _OtherSide(centre, patch)
        await channel.link.stop()


CASE = Case("smpp", _open, "+84905123456")
