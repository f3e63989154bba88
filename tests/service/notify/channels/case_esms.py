"""eSMS.vn."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from services.notify.base import TABLES
from services.notify.channels import esms
from services.notify.channels.esms import Esms, EsmsSettings
from shared.settings import Settings
from shared.store import Store
from tests.service.notify.channels.case import Arrived, Case, Rudeness
from tests.support.stand_ins import esms as stand_in
from tests.support.stand_ins.esms import EsmsSide

PHONE = "+84905123456"
_CODES: dict[Rudeness, str] = {"not_now": "160", "never": "146", "bad_address": "108"}
_PATIENCE_S = esms.TIMEOUT_S


class Phone:
    """Who has the number."""

    def __init__(self, side: EsmsSide) -> None:
        self._side = side

    async def arrived(self) -> Sequence[Arrived]:
        return [Arrived(f"+84{taken.phone[1:]}", taken.text) for taken in self._side.taken.values()]

    async def be_rude(self, how: Rudeness) -> None:
        await self.be_kind()
        self._side.code = _CODES.get(how)
        self._side.hangs_up_after_taking = how == "taken_then_dropped"
        if how == "silent":
            esms.TIMEOUT_S, self._side.manners = 0.3, "silence"

    async def be_kind(self) -> None:
        esms.TIMEOUT_S = _PATIENCE_S
        self._side.code, self._side.manners, self._side.hangs_up_after_taking = None, None, False


@asynccontextmanager
async def _open(settings: Settings) -> AsyncIterator[tuple[Esms, Phone]]:
    store = Store(settings.database_url, TABLES, source="notify")
    async with stand_in.esms() as side:
        told = EsmsSettings(
            api_key=stand_in.API_KEY, secret_key=stand_in.SECRET_KEY, brandname=stand_in.BRANDNAME, url=side.url
        )
        channel, phone = Esms(told, store, settings.public_url, settings.secret_key), Phone(side)
        yield channel, phone
        await phone.be_kind()
        await channel.close()
        assert side.wrong == []
    await store.close()


CASE = Case("esms", _open, PHONE, once=True)
