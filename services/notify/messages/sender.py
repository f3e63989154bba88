"""The sender of one channel: a cycle over rows, two transactions a batch.

Claim what is due (the first transaction), re-check what is still wanted, hand the rest to the channel, write down what
became of each (the second). What a dead sender left in mid-send is asked about, or sent again once and marked so.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from services.notify.alerts.wanted import Facts, unwanted
from services.notify.channels.channel import SENT, Channel, Outcome, Outgoing, ReachesByPhone
from services.notify.messages.record import Match, Recorder
from services.notify.messages.store import claiming
from services.notify.messages.store.claiming import Claimed
from services.notify.messages.ways import Ways
from shared.clock import Clock
from shared.store import Store, Unit, new_id

log = structlog.get_logger()

INTERRUPTED = Outcome("permanent", "interrupted")
NO_ANSWER = Outcome("temporary", "no_answer")
NO_ADDRESS = Outcome("permanent", "no_address")


class Sender:
    """Sends what is queued for one channel."""

    def __init__(self, channel: Channel, store: Store, clock: Clock, ways: Ways, match: Match) -> None:
        self._channel = channel
        self._store = store
        self._clock = clock
        self._id = new_id()
        self._lease = timedelta(seconds=channel.lease_s)
        self._by_phone = isinstance(channel, ReachesByPhone) and channel.reaches_by_phone
        self._recorder = Recorder(self._id, channel.address_kind, ways, match)

    async def work(self) -> datetime | None:
        """One batch; returns when there is more to do."""
        if await self._send_due() == self._channel.batch:
            return self._clock.now()
        async with self._store.read() as connection:
            ahead = await claiming.ahead(connection, self._channel.name)
        if ahead.lease_until is None:
            return ahead.due
        if ahead.lease_until < Clock.wall():
            await self._take_over()
            return self._clock.now()
        lease_ends = ahead.lease_until + self._clock.offset
        return min(ahead.due or lease_ends, lease_ends)

    async def _send_due(self) -> int:
        now = self._clock.now()
        async with self._store.begin() as unit:
            claimed = await claiming.claim(
                unit,
                self._channel.name,
                self._channel.address_kind,
                self._id,
                now=now,
                lease=self._lease,
                most=self._channel.batch,
            )
            wanted = await self._only_wanted(unit, claimed, now)
        await self._send(wanted)
        return len(claimed)

    async def _only_wanted(self, unit: Unit, claimed: Sequence[tuple[Claimed, Facts]], now: datetime) -> list[Claimed]:
        """Leave out what nobody needs any more, in the transaction that claimed it."""
        judged = [(m, "too_old" if m.expires_at <= now else unwanted(facts)) for m, facts in claimed]
        dropped = [(message, why) for message, why in judged if why]
        if dropped:
            await self._recorder.drop(unit, dropped, now)
        return sorted((message for message, why in judged if not why), key=lambda message: message.id)

    async def _send(self, messages: Sequence[Claimed]) -> None:
        if not messages:
            return
        now = self._clock.now()
        reachable = [message for message in messages if message.address or (self._by_phone and message.phone)]
        outgoing = [_outgoing(message, message.address or "", now) for message in reachable]
        outcomes = await self._channel.send(outgoing) if outgoing else {}
        nothing = {m.id: NO_ADDRESS for m in messages} | {m.id: NO_ANSWER for m in reachable}
        await self._record(messages, {**nothing, **outcomes})

    async def _record(self, messages: Sequence[Claimed], outcomes: Mapping[UUID, Outcome]) -> None:
        async with self._store.begin() as unit:
            await self._recorder.record(unit, messages, outcomes, self._clock.now())

    async def _take_over(self) -> None:
        """Finish what a dead sender began."""
        async with self._store.begin() as unit:
            left = await claiming.abandoned(unit, self._channel.name, self._id, self._lease, self._channel.batch)
        if not left:
            return
        past = await self._channel.ask([message.id for message in left])
        log.warning("messages.taken_over", channel=self._channel.name, messages=len(left))
        known = {message.id: SENT for message in left if past.get(message.id) == "sent"}
        unsure = [message for message in left if past.get(message.id, "unknown") == "unknown"]
        known |= {message.id: INTERRUPTED for message in unsure if message.resent}
        await self._record([message for message in left if message.id in known], known)
        again = [message for message in left if message.id not in known]
        async with self._store.begin() as unit:
            await self._recorder.interrupt(unit, again, {m.id for m in unsure}, self._clock.now())


def _outgoing(message: Claimed, address: str, now: datetime) -> Outgoing:
    return Outgoing(
        id=message.id,
        phone=message.phone,
        address=address,
        text=message.text,
        alert=message.alert,
        code=message.code,
        at=now,
        template=message.template,
        slots=message.slots,
        number=message.number,
    )
