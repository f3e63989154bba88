"""kill -9 in mid-send: senders in processes of their own, the other side and the store outlive them.

A victim is forked, so it starts within milliseconds and has the very channel under test. It is killed at a random point
of its work; a successor then finishes what it left, as a restarted service would. Only kills that found the victim at
work count.
"""

import asyncio
import gc
import os
import random
import signal
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Engine, text

from services.notify.alerts.policy import FRESH
from services.notify.base import TABLES
from services.notify.channels.channel import AddressKind, Channel, Outcome, Outgoing, Past
from services.notify.channels.smpp import SmppChannel
from services.notify.costs.purse import Purse
from services.notify.messages.new import NewMessage
from services.notify.messages.sender import House, Sender
from services.notify.messages.store import queue
from services.notify.messages.ways import Ways
from services.notify.receipts.receive import Receipts
from shared.clock import Clock
from shared.settings import Settings
from shared.store import Store
from tests.service.notify.channels.case import Case, OtherSide

TOGETHER = 4
"""Victims at work at the same time."""
EACH = 3
"""Messages for each of them."""
PATIENCE_S = 120.0


@dataclass(slots=True)
class Tally:
    """What 200 kills did."""

    kills: int = 0
    in_mid_send: int = 0
    """Messages that a victim held when it died."""
    sent: set[str] = field(default_factory=set)
    lost: set[str] = field(default_factory=set)
    doubled: set[str] = field(default_factory=set)
    unmarked: set[str] = field(default_factory=set)
    """Doubled and not marked `resent`."""
    marked: int = 0

    def line(self, name: str) -> str:
        """For docs/operations.md."""
        return (
            f"| {name} | {self.kills} | {len(self.sent)} | {self.in_mid_send} | {len(self.lost)} |"
            f" {len(self.doubled)} | {self.marked} | {len(self.unmarked)} |"
        )


class Killing:
    """Of one channel."""

    def __init__(self, case: Case, settings: Settings, channel: Channel, other_side: OtherSide) -> None:
        self._case = case
        self._settings = settings
        self._channel = channel
        self._other_side = other_side
        self._store = Store(settings.database_url, TABLES, source="notify")
        self._clock = Clock()
        self._horizon_s = 0.05
        self._engines: Sequence[Engine] = ()
        self.tally = Tally()

    async def run(self, kills: int) -> Tally:
        """Until so many kills have met a victim at work."""
        await self._warm_up()
        while self.tally.kills < kills:
            await self._queue(TOGETHER * EACH)
            await asyncio.gather(*(self._victim() for _ in range(TOGETHER)))
            await self._count_left()
            await self._finish()
        while put_off := await self._put_off_until():  # refused for now, or without an answer in time
            self._clock.set_now(max(put_off, self._clock.now()))
            await self._finish()
        await self._reckon()
        await self._store.close()
        return self.tally

    async def _queue(self, count: int) -> None:
        now = self._clock.now()
        address = self._case.address
        texts = [f"Tin số {uuid4()}" for _ in range(count)]
        messages = [
            NewMessage(
                alert="answer",
                phone=address if address.startswith("+") else "",
                address=address,
                text=text,
                channels=(self._channel.name,),
                created_at=now,
                not_before=now,
                expires_at=now + FRESH["answer"],
                correlation="",
                priority=0,
            )
            for text in texts
        ]
        self.tally.sent |= set(texts)
        async with self._store.begin() as unit:
            await queue(unit, messages)

    async def _victim(self) -> None:
        """Dies after a random while, if it is not done before."""
        begins, begun = os.pipe()
        pid = self._fork(lambda: self._work(begun, batch=EACH))
        os.close(begun)
        await asyncio.wait_for(asyncio.to_thread(os.read, begins, 1), PATIENCE_S)
        os.close(begins)
        await asyncio.sleep(random.uniform(0, self._horizon_s))
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        _, status = await asyncio.to_thread(os.waitpid, pid, 0)
        killed = os.WIFSIGNALED(status)
        self.tally.kills += killed
        self._horizon_s = min(2.0, self._horizon_s * 1.03) if killed else self._horizon_s * 0.9

    async def _finish(self) -> None:
        """A successor does the rest and is left in peace."""
        async with self._store.begin() as unit:  # as if the dead ones' leases had run out
            await unit.execute(text("update message set lease_until = now() - interval '1 s' where state = 'sending'"))
        pid = self._fork(lambda: self._work(None, batch=self._channel.batch))
        _, status = await asyncio.wait_for(asyncio.to_thread(os.waitpid, pid, 0), PATIENCE_S)
        assert os.waitstatus_to_exitcode(status) == 0, "the successor failed"

    async def _work(self, begun: int | None, batch: int) -> None:
        """In a process of its own: send until nothing is left to do now. `begun`: told when the first claim begins."""
        channel = await _alive(self._channel)
        channel.batch, channel.lease_s = batch, 60.0
        sender = self._sender(channel)
        async with self._store.read():
            pass  # connected
        if begun is not None:
            os.write(begun, b"!")
        await _rest(sender, self._clock)

    def _sender(self, channel: Channel) -> Sender:
        ways = Ways()
        ways.open([channel])
        purse = Purse(self._store, self._clock)
        receipts = Receipts(self._clock, ways, purse)
        return Sender(channel, House(self._store, self._clock, ways, receipts.match, purse))

    async def _warm_up(self) -> None:
        """So that a victim spends its life sending, not preparing its statements."""
        await self._queue(1)
        await _rest(self._sender(_Mute(self._channel)), self._clock)
        self.tally.sent.clear()
        async with self._store.begin() as unit:
            await unit.execute(text("delete from message"))
        self._engines = [one for one in gc.get_objects() if isinstance(one, Engine)]

    def _fork(self, work: Callable[[], Awaitable[None]]) -> int:
        pid = os.fork()
        if pid:
            return pid
        code = 1
        try:
            _forget_the_parent(self._engines)
            asyncio.run(work())  # pyright: ignore[reportArgumentType]  (it is a coroutine)
            code = 0
        finally:
            os._exit(code)

    async def _put_off_until(self) -> datetime | None:
        """When the next try of something is due; None where nothing is queued."""
        async with self._store.read() as connection:
            return await connection.scalar(text("select min(not_before) from message where state = 'queued'"))

    async def _count_left(self) -> None:
        async with self._store.read() as connection:
            held = await connection.scalar(text("select count(*) from message where state = 'sending'"))
        self.tally.in_mid_send += held or 0

    async def _reckon(self) -> None:
        arrived = Counter(one.text for one in await self._other_side.arrived())
        async with self._store.read() as connection:
            rows = (await connection.execute(text("select text, resent, state from message"))).all()
        resent = {row.text for row in rows if row.resent}
        self.tally.lost = {row.text for row in rows if not arrived[row.text]}
        self.tally.doubled = {one for one, times in arrived.items() if times > 1}
        self.tally.unmarked = self.tally.doubled - resent
        self.tally.marked = len(resent)
        assert {row.state for row in rows} <= {"sent", "delivered"}, Counter(row.state for row in rows)


class _Mute:
    """Takes everything and sends nothing."""

    address_kind: AddressKind

    def __init__(self, channel: Channel) -> None:
        self.name, self.address_kind, self.two_way = channel.name, channel.address_kind, channel.two_way
        self.batch, self.lease_s = channel.batch, channel.lease_s

    async def send(self, messages: Sequence[Outgoing]) -> Mapping[UUID, Outcome]:
        return {message.id: Outcome("sent", provider_id=str(message.id)) for message in messages}

    async def ask(self, messages: Sequence[UUID]) -> Mapping[UUID, Past]:
        return dict.fromkeys(messages, "unknown")


async def _rest(sender: Sender, clock: Clock) -> None:
    while (due := await sender.work()) and due <= clock.now() + timedelta(seconds=1):
        pass


def _forget_the_parent(engines: Sequence[Engine]) -> None:
    """What was open in the parent stays the parent's: its loop, its connections."""
    gc.disable()
    asyncio._set_running_loop(None)
    asyncio.set_event_loop(None)
    for engine in engines:
        engine.dispose(close=False)


async def _alive(channel: Any) -> Any:
    """The channel, with a connection of its own where it holds one."""
    if not isinstance(channel, SmppChannel):
        return channel
    own = SmppChannel(channel._settings, channel._inbox)
    await own.link.start()
    return own
