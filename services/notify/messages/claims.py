"""Taking a batch in one transaction: as many as the channel may have now, judged, bundled; the rest is put off."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from services.notify.messages.breaker import Breaker
from services.notify.messages.judging import Seen, Terms, judge
from services.notify.messages.putting_together import Binder
from services.notify.messages.record import Recorder
from services.notify.messages.store.claiming import PRIORITIES, USUAL, Claimed, Window, claim
from services.notify.messages.store.pacing import keep_tokens, tokens
from services.notify.messages.ways import Way, Ways
from shared.store import Unit

URGENT, CALM = PRIORITIES[:1], PRIORITIES[1:]


@dataclass(frozen=True, slots=True)
class Taken:
    """What is to be sent, how many were looked at, and before when it is no use to look again."""

    send: list[Claimed]
    drop: list[tuple[Claimed, str]]
    """Not even tried, and why. For a transaction of its own: their offers are locked before them, as receipts do."""
    claimed: int
    again_at: datetime | None = None


class Claims:
    """Of one sender."""

    def __init__(self, way: Way, batch: int, sender: UUID, recorder: Recorder, ways: Ways) -> None:
        self._way = way
        self._batch = batch
        self._sender = sender
        self._recorder = recorder
        self._binder = Binder(way, ways)

    async def take(
        self, unit: Unit, breaker: Breaker, spent_out: frozenset[str], now: datetime, lease: timedelta
    ) -> Taken:
        """The next batch. Where the channel does not work only urgent ones; after its pause a single one, to try."""
        if breaker.is_open(now):
            claimed, again_at = await self._claim(unit, now, lease, self._batch, URGENT), breaker.open_until
        elif breaker.is_half_open(now):
            claimed, again_at = await self._claim(unit, now, lease, 1, PRIORITIES), None
        else:
            claimed, again_at = await self._within_pace(unit, now, lease)
        fits = self._binder.fits if self._binder.binds else None
        judged = judge(claimed, Terms(self._way.pace, now, spent_out, fits))
        if judged.put_off:
            await self._recorder.put_off(unit, judged.put_off, now)
        send = await self._binder.write(unit, judged.send, judged.bundles)
        return Taken(sorted(send, key=lambda message: message.id), judged.drop, len(claimed), again_at)

    async def _within_pace(self, unit: Unit, now: datetime, lease: timedelta) -> tuple[list[Seen], datetime | None]:
        """Urgent messages take tokens that are not there yet; the others wait for theirs."""
        bucket = self._way.pace.channel
        if bucket is None:
            return await self._claim(unit, now, lease, self._batch, PRIORITIES), None
        left = await tokens(unit, self._way.name, bucket, now)
        claimed = await self._claim(unit, now, lease, self._batch, URGENT)
        room = min(self._batch - len(claimed), math.floor(left - len(claimed)))
        if room > 0:
            claimed += await self._claim(unit, now, lease, room, CALM)
        left -= len(claimed)
        if claimed:
            await keep_tokens(unit, self._way.name, left, now)
        return claimed, now + (1 - left) * bucket.refill if left < 1 else None

    async def _claim(
        self, unit: Unit, now: datetime, lease: timedelta, most: int, priorities: tuple[int, ...]
    ) -> list[Seen]:
        return await claim(
            unit,
            self._way.name,
            self._way.kind,
            self._sender,
            now=now,
            lease=lease,
            most=most,
            priorities=priorities,
            window=self._window,
        )

    @property
    def _window(self) -> Window:
        """As far back as the person's bucket remembers."""
        person = self._way.pace.person
        if person is None:
            return USUAL
        return Window(max(USUAL.since, person.memory), max(USUAL.most, person.capacity))
