"""One bound connection to a message centre: what we ask is answered or ended, what it brings is stored, then answered.

The PDUs that we write are aiosmpplib's; why the session is not: docs/decisions/0031-smpp-with-a-session-of-our-own.md.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from itertools import count
from typing import NamedTuple, Protocol

import structlog
from aiosmpplib import (
    BindTransceiver,
    DeliverSmResp,
    EnquireLink,
    EnquireLinkResp,
    GenericNack,
    SmppCommand,
    SmppCommandStatus,
    SmppMessage,
    SubmitSm,
    Unbind,
    UnbindResp,
)

from services.notify.channels.smpp_frames import Frame, read_frame, word_of
from services.notify.channels.smpp_pace import Pace
from services.notify.channels.smpp_reading import Delivery, read_delivery
from shared.tasks import end

log = structlog.get_logger()

CONNECT_S = 10.0
ANSWER_S = 20.0
"""How long an answer may take. Afterwards a submit counts as perhaps sent; a silent enquire_link ends the session."""
ENQUIRE_S = 30.0
PARTING_S = 1.0
WAITING = 100
"""Deliveries that wait to be stored; further ones are told that the queue is full, and come again."""

_TOO_FAST = (SmppCommandStatus.ESME_RTHROTTLED, SmppCommandStatus.ESME_RMSGQFUL)


class Refused(Exception):
    """The centre does not let us in: a wrong password, most of the time."""

    def __init__(self, status: int) -> None:
        super().__init__(word_of(status))


class NotSent(Exception):
    """Nothing went out, for a reason of one word."""


class NoAnswer(Exception):
    """It went out; whether it arrived nobody knows."""


class Answer(NamedTuple):
    """To a submit_sm."""

    status: int
    id: str


class Inbox(Protocol):
    """Where deliveries go."""

    async def take(self, delivery: Delivery) -> None:
        """Store it; afterwards it is answered. An exception: it is not stored, and shall come again."""
        ...

    def answered(self, delivery: Delivery) -> None:
        """The answer is on its way."""
        ...

    def dropped(self) -> None:
        """The connection ended: of the last answers nobody knows whether they arrived."""
        ...


class Session:
    """One connection from its bind to its end."""

    def __init__(
        self, streams: tuple[asyncio.StreamReader, asyncio.StreamWriter], inbox: Inbox, pace: Pace, window: int
    ) -> None:
        """`window`: how many submits may be unanswered at once."""
        self._reader, self._writer = streams
        self._inbox = inbox
        self._pace = pace
        self._places = asyncio.Semaphore(window)
        self._numbers = count(1)
        self._asked: dict[int, asyncio.Future[Frame]] = {}
        self._waiting: asyncio.Queue[tuple[int, Delivery]] = asyncio.Queue(WAITING)
        self.on_close: Callable[[], None] = lambda: None
        """Called as soon as nothing can be sent any more."""

    async def bind(self, request: BindTransceiver) -> None:
        """Raise `Refused`, OSError or TimeoutError."""
        async with asyncio.timeout(ANSWER_S):
            self._write(request, next(self._numbers))
            frame = await read_frame(self._reader)
            while frame.command not in (SmppCommand.BIND_TRANSCEIVER_RESP, SmppCommand.GENERIC_NACK):
                frame = await read_frame(self._reader)
        if frame.status or frame.command == SmppCommand.GENERIC_NACK:
            raise Refused(frame.status)

    async def run(self) -> None:
        """Live until the connection ends; raises what ended it."""
        tasks = [asyncio.create_task(work()) for work in (self._read, self._store, self._keep_alive)]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            done.pop().result()
        finally:
            self.close()
            await end(tasks)
            self._inbox.dropped()

    async def submit(self, request: SubmitSm, until: float) -> Answer:
        """Ask the centre to take a message, in its turn: by `until` (the loop's time) or not at all.

        Raise `NotSent` or `NoAnswer`.
        """
        async with self._turn(until):
            frame = await self._ask(request)
        self._pace.heard(too_fast=frame.status in _TOO_FAST)
        return Answer(frame.status, frame.body.split(b"\0")[0].decode("latin-1"))

    async def enquire(self) -> None:
        """Is anybody there? Raise `NotSent` or `NoAnswer`."""
        await self._ask(EnquireLink())

    async def unbind(self) -> None:
        """Say farewell and close."""
        try:
            async with asyncio.timeout(PARTING_S):
                await self._ask(Unbind())
        except (NotSent, NoAnswer, TimeoutError):
            log.info("smpp.left_without_farewell")
        self.close()

    def close(self) -> None:
        """Whoever waits for an answer learns that none will come."""
        self._writer.close()
        self.on_close()
        for asked in self._asked.values():
            if not asked.done():
                asked.set_exception(NoAnswer())

    @asynccontextmanager
    async def _turn(self, until: float) -> AsyncIterator[None]:
        """At our pace, a place in the window."""
        try:
            async with asyncio.timeout_at(until):
                await self._pace.turn()
                await self._places.acquire()
        except TimeoutError:
            raise NotSent("too_fast") from None
        try:
            yield
        finally:
            self._places.release()

    async def _ask(self, request: SmppMessage) -> Frame:
        number = next(self._numbers)
        with self._place_for(number) as answer:
            self._write(request, number)
            try:
                return await asyncio.wait_for(answer, ANSWER_S)
            except TimeoutError:
                raise NoAnswer from None

    @contextmanager
    def _place_for(self, number: int) -> Iterator[asyncio.Future[Frame]]:
        self._asked[number] = asyncio.get_running_loop().create_future()
        try:
            yield self._asked[number]
        finally:
            del self._asked[number]

    def _write(self, message: SmppMessage, number: int) -> None:
        if self._writer.is_closing():
            raise NotSent("unreachable")
        message.sequence_num = number
        self._writer.write(message.pdu())

    async def _read(self) -> None:
        while True:
            frame = await read_frame(self._reader)
            if frame.is_response:
                self._hear(frame)
            else:
                self._serve(frame)

    def _hear(self, frame: Frame) -> None:
        answer = self._asked.get(frame.number)
        if answer and not answer.done():
            answer.set_result(frame)
        else:
            log.info("smpp.late_answer", status=word_of(frame.status))

    def _serve(self, frame: Frame) -> None:
        match frame.command:
            case SmppCommand.DELIVER_SM:
                self._receive(frame)
            case SmppCommand.ENQUIRE_LINK:
                self._write(EnquireLinkResp(), frame.number)
            case SmppCommand.UNBIND:
                self._write(UnbindResp(), frame.number)
                raise ConnectionError("the centre said farewell")
            case _:
                self._write(GenericNack(command_status=SmppCommandStatus.ESME_RINVCMDID), frame.number)

    def _receive(self, frame: Frame) -> None:
        """A delivery waits for its turn to be stored: answers to our submits need not wait for that."""
        try:
            self._waiting.put_nowait((frame.number, read_delivery(frame.body)))
        except ValueError:
            log.warning("smpp.unreadable", octets=len(frame.body))
            self._answer(frame.number, SmppCommandStatus.ESME_RINVCMDLEN)
        except asyncio.QueueFull:
            self._answer(frame.number, SmppCommandStatus.ESME_RMSGQFUL)

    async def _store(self) -> None:
        """Answer each delivery once it is stored. What could not be stored is refused for now, and comes again."""
        while True:
            number, delivery = await self._waiting.get()
            try:
                await self._inbox.take(delivery)
            except Exception as error:  # whatever it is: the session goes on, and nothing is lost
                log.warning("smpp.not_stored", error=type(error).__name__)
                self._answer(number, SmppCommandStatus.ESME_RX_T_APPN)
                continue
            self._answer(number, SmppCommandStatus.ESME_ROK)
            self._inbox.answered(delivery)

    def _answer(self, number: int, status: SmppCommandStatus) -> None:
        self._write(DeliverSmResp(command_status=status), number)

    async def _keep_alive(self) -> None:
        while True:
            await asyncio.sleep(ENQUIRE_S)
            await self.enquire()
