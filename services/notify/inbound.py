"""What channels bring in, handed to the rooms that understand it."""

from collections.abc import Sequence

import structlog

from services.notify.channels.inbound import Receipt, Text, is_telephone
from services.notify.contacts.store import phone_of
from services.notify.receipts.receive import Receipts
from services.notify.replies.receive import Replies
from services.notify.replies.store import unseen
from shared.store import Unit
from shared.vietnam.phones import parse_phone

log = structlog.get_logger()
LONGEST = 4096
"""Of Telegram's messages, the longest there are."""


class HouseInbound:
    """The one `channels.inbound.Inbound` of a running service."""

    def __init__(self, receipts: Receipts, replies: Replies) -> None:
        self._receipts = receipts
        self._replies = replies

    async def receipts(self, unit: Unit, receipts: Sequence[Receipt]) -> None:
        await self._receipts.receive(unit, receipts)

    async def texts(self, unit: Unit, texts: Sequence[Text]) -> None:
        for text in await unseen(unit, texts):
            if text.address_kind == "phone" and not is_a_persons(text.address):
                log.info("inbound.not_from_a_person", channel=text.channel)
                continue
            phone = await self._phone(unit, text)
            address = None if phone else text.address
            await self._replies.receive(unit, phone, storable(text.text), text.at, text.channel, text.key, address)

    async def _phone(self, unit: Unit, text: Text) -> str:
        if text.address_kind == "phone":
            return parse_phone(text.address) or text.address
        return await phone_of(unit.connection, text.address_kind, text.address) or ""


def is_a_persons(address: str) -> bool:
    """Whether a telephone wrote: an answer to a machine costs money, and may be answered."""
    return parse_phone(address) is not None or is_telephone(address)


def storable(text: str) -> str:
    """The text as PostgreSQL can keep it: no NUL, no half of a surrogate pair. One such text would stop all others."""
    return text.replace("\0", "").encode("utf-8", "ignore").decode()[:LONGEST]
