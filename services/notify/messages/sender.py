"""The sender of one channel: a cycle over rows, two transactions a batch.

Claim what is due and judge what is sent now (the first transaction), hand it to the channel, write down what became of
each (the second). What a dead sender left in mid-send is asked about, or sent again once and marked so.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from services.notify.channels.channel import SENT, Channel, Outcome, Outgoing, ReachesByPhone
from services.notify.costs.purse import Purse
from services.notify.messages.breaker import Breaker
from services.notify.messages.bundling import SEVERAL, values
from services.notify.messages.claims import Claims
from services.notify.messages.record import Match, Recorder
from services.notify.messages.store import claiming
from services.notify.messages.store.claiming import Ahead, Claimed
from services.notify.messages.ways import Ways, way_of
from services.notify.telemetry import CHANNEL_OPEN
from shared.clock import Clock
from shared.store import Store, Unit, new_id

log = structlog.get_logger()

INTERRUPTED = Outcome("permanent", "interrupted")
NO_ANSWER = Outcome("temporary", "no_answer")
NO_ADDRESS = Outcome("permanent", "no_address")
CHANNEL_DOWN = Outcome("permanent", "channel_down")
"""An urgent message leaves a channel that does not work by its next way."""


@dataclass(frozen=True, slots=True)
class House:
    """What a sender shares with the others of its house."""

    store: Store
    clock: Clock
    ways: Ways
    match: Match
    purse: Purse


class Sender:
    """Sends what is queued for one channel."""

    def __init__(self, channel: Channel, house: House) -> None:
        self._channel = channel
        self._store = house.store
        self._clock = house.clock
        self._ways = house.ways
        self._purse = house.purse
        self._id = new_id()
        self._lease = timedelta(seconds=channel.lease_s)
        self._by_phone = isinstance(channel, ReachesByPhone) and channel.reaches_by_phone
        self._recorder = Recorder(self._id, way_of(channel), house.ways, house.match, house.purse)
        self._claims = Claims(way_of(channel), channel.batch, self._id, self._recorder, house.ways)
        self._breaker = Breaker()

    async def work(self) -> datetime | None:
        """One batch; returns when there is more to do."""
        now = self._clock.now()
        again_at, ahead = await self._send_due(now)
        if ahead is None:
            return self._clock.now()
        due = max(ahead.due, again_at) if ahead.due and again_at else ahead.due
        if ahead.lease_until is None:
            return due
        if ahead.lease_until < Clock.wall():
            await self._take_over()
            return self._clock.now()
        lease_ends = ahead.lease_until + self._clock.offset
        return min(due or lease_ends, lease_ends)

    async def _send_due(self, now: datetime) -> tuple[datetime | None, Ahead | None]:
        """Before when the rest need not be looked at, and what comes next; None where there is more at once."""
        spent_out = await self._purse.spent_out(self._channel.name)
        fresh = Clock.wall() + self._lease
        async with self._store.begin() as unit:
            taken = await self._claims.take(unit, self._breaker, spent_out, now, self._lease)
            is_all = taken.again_at is not None or taken.claimed < self._channel.batch
            ahead = await self._ahead(unit, fresh) if is_all else None
        leaving = [m for m in taken.send if self._breaker.is_open(now) and self._ways.left(m.further_channels)]
        await self._record(leaving, dict.fromkeys((m.id for m in leaving), CHANNEL_DOWN))
        gone = {message.id for message in leaving}
        await self._send([message for message in taken.send if message.id not in gone])
        if taken.drop:
            async with self._store.begin() as unit:
                await self._recorder.drop(unit, taken.drop, now)
        return self._breaker.open_until if self._breaker.is_open(now) else taken.again_at, ahead

    async def _ahead(self, unit: Unit, fresh: datetime) -> Ahead:
        return await claiming.ahead(unit.connection, self._channel.name, self._id, fresh)

    async def _send(self, messages: Sequence[Claimed]) -> None:
        """Those that another speaks for are not sent themselves; what becomes of that one becomes of them."""
        if not messages:
            return
        now = self._clock.now()
        reachable = [m for m in messages if m.address or (self._by_phone and m.phone)]
        carried: dict[UUID, list[Claimed]] = defaultdict(list)
        for message in messages:
            if message.bundled_in:
                carried[message.bundled_in].append(message)
        outgoing = [_outgoing(message, carried[message.id], now) for message in reachable if not message.bundled_in]
        outcomes = await self._channel.send(outgoing) if outgoing else {}
        of_all = {m.id: NO_ADDRESS for m in messages} | {m.id: NO_ANSWER for m in reachable} | {**outcomes}
        of_all |= {m.id: of_all[m.bundled_in] for m in messages if m.bundled_in and m.bundled_in in of_all}
        self._learn([(m.phone or m.address or "", of_all[m.id]) for m in reachable])
        await self._record(messages, of_all)

    def _learn(self, outcomes: Sequence[tuple[str, Outcome]]) -> None:
        """Whether the channel itself works."""
        before, now = self._breaker, self._clock.now()
        self._breaker = before.after(outcomes, now)
        if self._breaker.is_open(now) != (before.open_until is not None):
            is_open = self._breaker.is_open(now)
            log.warning("channel.broken" if is_open else "channel.works_again", channel=self._channel.name)
            CHANNEL_OPEN.labels(self._channel.name).set(is_open)

    async def _record(self, messages: Sequence[Claimed], outcomes: Mapping[UUID, Outcome]) -> None:
        if messages:
            async with self._store.begin() as unit:
                await self._recorder.record(unit, messages, outcomes, self._clock.now())

    async def _take_over(self) -> None:
        """Finish what a dead sender began."""
        async with self._store.begin() as unit:
            left = await claiming.abandoned(unit, self._channel.name, self._id, self._lease, self._channel.batch)
        if not left:
            return
        spoke = {message.id: message.bundled_in or message.id for message in left}
        past = await self._channel.ask(sorted(set(spoke.values())))
        log.warning("messages.taken_over", channel=self._channel.name, messages=len(left))
        known = {message.id: SENT for message in left if past.get(spoke[message.id]) == "sent"}
        unsure = [message for message in left if past.get(spoke[message.id], "unknown") == "unknown"]
        known |= {message.id: INTERRUPTED for message in unsure if message.resent}
        await self._record([message for message in left if message.id in known], known)
        again = [message for message in left if message.id not in known]
        async with self._store.begin() as unit:
            await self._recorder.interrupt(unit, again, {m.id for m in unsure}, self._clock.now())


def _outgoing(message: Claimed, followers: Sequence[Claimed], now: datetime) -> Outgoing:
    """What speaks of several is no message of the first: it has another template, and no button acts on it."""
    template, slots = (SEVERAL, values([message, *followers])) if followers else (message.template, message.slots)
    return Outgoing(
        id=message.id,
        phone=message.phone,
        address=message.address or "",
        text=message.text,
        alert=message.alert,
        code=message.code,
        at=now,
        template=template,
        slots=slots,
        number=message.number,
    )
