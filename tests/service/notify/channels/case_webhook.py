"""A chat bridge of one's own."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from services.notify.base import TABLES
from services.notify.channels import webhook
from services.notify.channels.webhook import WebhookChannel
from shared.settings import Settings
from shared.store import Store
from shared.web.outgoing import networks
from tests.service.notify.channels.case import Arrived, Case, Rudeness
from tests.support.stand_ins.http import Answer, Manners
from tests.support.stand_ins.webhook import KEY, Bridge, bridge

PHONE = "+84905123456"
_PATIENCE_S = webhook.TIMEOUT_S
_MANNERS: dict[Rudeness, Manners] = {"not_now": Answer(429, headers={"retry-after": "7"}), "never": Answer(422)}


class Owner:
    """Who reads what the bridge shows."""

    def __init__(self, side: Bridge) -> None:
        self._side = side

    async def arrived(self) -> Sequence[Arrived]:
        return [Arrived(message["data"]["to"], message["data"]["text"]) for message in self._side.shown.values()]

    async def be_rude(self, how: Rudeness) -> None:
        await self.be_kind()
        if how == "silent":
            webhook.TIMEOUT_S = 0.3
        self._side.manners = _MANNERS.get(how, "silence" if how == "silent" else Answer(204))
        self._side.hangs_up_after_taking = how == "taken_then_dropped"

    async def be_kind(self) -> None:
        webhook.TIMEOUT_S = _PATIENCE_S
        self._side.manners, self._side.hangs_up_after_taking = Answer(204), False


@asynccontextmanager
async def _open(settings: Settings) -> AsyncIterator[tuple[WebhookChannel, Owner]]:
    store = Store(settings.database_url, TABLES, source="notify")
    async with bridge() as side:
        channel = WebhookChannel(side.url, [KEY], store, networks("127.0.0.0/8"))
        owner = Owner(side)
        yield channel, owner
        await owner.be_kind()
        await channel.close()
    await store.close()


CASE = Case("webhook", _open, PHONE, frozenset({"not_now", "never", "silent", "taken_then_dropped"}), once=True)
