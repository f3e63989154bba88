"""SpeedSMS.vn."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from services.notify.channels import speedsms
from services.notify.channels.speedsms import SpeedSms, SpeedSmsSettings
from shared.settings import Settings
from tests.service.notify.channels.case import Arrived, Case, Rudeness
from tests.support.stand_ins import speedsms as stand_in
from tests.support.stand_ins.http import Manners
from tests.support.stand_ins.speedsms import BRANDNAME, TOKEN, TOO_FAST, SpeedSmsSide, error

PHONE = "+84905123456"
_MANNERS: dict[Rudeness, Manners] = {
    "not_now": TOO_FAST,
    "never": error("113", "Content too long"),
    "bad_address": error("105", "Phone number invalid", invalidPhone=["84905123456"]),
    "silent": "silence",
}
_PATIENCE_S = speedsms.TIMEOUT_S


class Phone:
    """Who has the number."""

    def __init__(self, side: SpeedSmsSide) -> None:
        self._side = side

    async def arrived(self) -> Sequence[Arrived]:
        return [Arrived(f"+{phone}", text) for phone, text in self._side.taken]

    async def be_rude(self, how: Rudeness) -> None:
        await self.be_kind()
        self._side.manners = _MANNERS.get(how)
        self._side.hangs_up_after_taking = how == "taken_then_dropped"
        if how == "silent":
            speedsms.TIMEOUT_S = 0.3

    async def be_kind(self) -> None:
        speedsms.TIMEOUT_S = _PATIENCE_S
        self._side.manners, self._side.hangs_up_after_taking = None, False


@asynccontextmanager
async def _open(settings: Settings) -> AsyncIterator[tuple[SpeedSms, Phone]]:
    async with stand_in.speedsms() as side:
        told = SpeedSmsSettings(token=TOKEN, hook_secret="a secret of sixteen", sender=BRANDNAME, url=side.url)
        channel, phone = SpeedSms(told), Phone(side)
        yield channel, phone
        await phone.be_kind()
        await channel.close()


CASE = Case("speedsms", _open, PHONE)
