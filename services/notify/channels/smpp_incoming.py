"""What a message centre brings: receipts, and texts whose parts are joined. Each counts once, however often it comes.

A text has no id. What is the same letter by letter is a repeat as long as our answer to the first may have been lost:
until a moment after we answered, or, where the connection ended by then, for `REPEATS`. Later it is written anew.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import structlog

from services.notify.channels import smpp_store
from services.notify.channels.inbound import Inbound, Text
from services.notify.channels.smpp_reading import Delivery, decode
from services.notify.channels.smpp_receipts import Ids, read_receipt
from services.notify.channels.tables import SmppText
from shared.clock import Clock
from shared.store import Store, Unit, new_id

log = structlog.get_logger()

SETTLED_S = 3.0
"""A session that still lives so long after our answer has brought it over."""
REPEATS = timedelta(hours=1)
PARTS_WAIT = timedelta(minutes=10)
"""After that what came of a text is taken without the rest."""


class Incoming:
    """The session's inbox."""

    def __init__(self, store: Store, clock: Clock, inbound: Inbound, ids: Ids) -> None:
        self._store = store
        self._clock = clock
        self._inbound = inbound
        self._ids: Ids = ids
        self._answered: deque[tuple[float, str]] = deque()
        self.wake: Callable[[], None] = lambda: None
        """Wakes the cycle that runs `tidy`."""

    async def take(self, delivery: Delivery) -> None:
        """Store it, in one transaction with whatever it sets in motion."""
        async with self._store.begin() as unit:
            match delivery.kind:
                case "receipt":
                    await self._take_receipt(unit, delivery)
                case "text":
                    await self._take_text(unit, delivery)
                case "other":
                    log.info("smpp.not_for_us")

    def answered(self, delivery: Delivery) -> None:
        if delivery.kind == "text":
            self._answered.append((asyncio.get_running_loop().time(), delivery.fingerprint))
            self.wake()

    def dropped(self) -> None:
        self._answered.clear()

    async def tidy(self) -> datetime | None:
        """Forget texts whose answer arrived, and old ones; take texts whose missing parts never came."""
        now = self._clock.now()
        async with self._store.begin() as unit:
            await smpp_store.forget(unit, self._settled(), now - REPEATS)
            for lone in await smpp_store.waiting(unit, now - PARTS_WAIT):
                await self._take_without_the_rest(unit, lone)
            since = await smpp_store.waiting_since(unit)
        settle_at = now + timedelta(seconds=SETTLED_S) if self._answered else None
        return min(filter(None, (settle_at, since and since + PARTS_WAIT)), default=None)

    def _settled(self) -> list[str]:
        before = asyncio.get_running_loop().time() - SETTLED_S
        settled: list[str] = []
        while self._answered and self._answered[0][0] <= before:
            settled.append(self._answered.popleft()[1])
        return settled

    async def _take_receipt(self, unit: Unit, delivery: Delivery) -> None:
        receipt = read_receipt(delivery, self._ids, self._clock.now())
        if receipt:
            await self._inbound.receipts(unit, [receipt])
        else:
            log.warning("smpp.unreadable_receipt", octets=len(delivery.body))

    async def _take_text(self, unit: Unit, delivery: Delivery) -> None:
        kept = await smpp_store.keep(unit, delivery, self._clock.now())
        if kept is None:
            log.info("smpp.repeated")
            return
        if delivery.part is None:
            await self._hand_over(unit, [kept])
            return
        parts = await smpp_store.parts_like(unit, kept)
        if {part.position for part in parts} == set(range(1, kept.total + 1)):
            await self._hand_over(unit, parts)

    async def _take_without_the_rest(self, unit: Unit, lone: SmppText) -> None:
        if parts := await smpp_store.parts_like(unit, lone):
            log.warning("smpp.parts_missing", came=len(parts), of=lone.total)
            await self._hand_over(unit, parts)

    async def _hand_over(self, unit: Unit, parts: Sequence[SmppText]) -> None:
        """To those who understand texts. The key is new: whether it is a repeat was known before."""
        text = joined(parts)
        first = parts[0]
        said = Text(channel="smpp", key=str(new_id()), address=first.source, text=text, at=self._clock.now())
        await smpp_store.hand_over(unit, [part.fingerprint for part in parts])
        await self._inbound.texts(unit, [said])


def joined(parts: Sequence[SmppText]) -> str:
    """One text. Phones cut between the halves of a sign: bytes are joined where all parts are coded alike."""
    ordered = sorted(parts, key=lambda part: part.position)
    if len({part.coding for part in ordered}) == 1:
        return decode(b"".join(part.body for part in ordered), ordered[0].coding)
    return "".join(decode(part.body, part.coding) for part in ordered)
