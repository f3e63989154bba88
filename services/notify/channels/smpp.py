"""SMS through an operator's message centre, by SMPP 3.4 as a transceiver: send, receipts, replies.

    CHANNELS=smpp SMPP_HOST=smsc.example SMPP_SYSTEM_ID=… SMPP_PASSWORD=… SMPP_SOURCE=8077

Around this file: `smpp_session`, `smpp_link` and `smpp_pace` (the connection), `smpp_frames`, `smpp_writing` and
`smpp_reading` (PDUs), `smpp_receipts`, `smpp_incoming` and `smpp_store` (what comes in).
"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from aiosmpplib import BindTransceiver, SmppCommandStatus, SubmitSm
from pydantic import Field
from pydantic_settings import SettingsConfigDict

from services.notify.channels.channel import AddressKind, Outcome, Outgoing, Past
from services.notify.channels.fitting import Fitted, Fitting, Health
from services.notify.channels.smpp_frames import word_of
from services.notify.channels.smpp_incoming import Incoming
from services.notify.channels.smpp_link import PATIENCE_S, Link
from services.notify.channels.smpp_pace import Pace
from services.notify.channels.smpp_receipts import Ids, answer_name
from services.notify.channels.smpp_session import ANSWER_S, CONNECT_S, Inbox, NoAnswer, NotSent, Session
from services.notify.channels.smpp_writing import address_of, submits
from shared.settings import ChannelSettings, load

SEND_S = 30.0
"""What has not gone out by then goes back into the queue."""

CHECK_S = 10.0
"""Somebody looks at a page meanwhile."""

_TOO_FAST = Outcome("temporary", "too_fast", retry_after=timedelta(minutes=1))
REFUSALS: Mapping[int, Outcome] = {
    SmppCommandStatus.ESME_RTHROTTLED: _TOO_FAST,
    SmppCommandStatus.ESME_RMSGQFUL: _TOO_FAST,
    SmppCommandStatus.ESME_RSYSERR: Outcome("temporary", "busy_carrier"),
    SmppCommandStatus.ESME_RINVDSTADR: Outcome("permanent", "unknown_number", address_is_bad=True),
    SmppCommandStatus.ESME_RINVMSGLEN: Outcome("permanent", "too_long"),
    SmppCommandStatus.ESME_RX_P_APPN: Outcome("permanent", "refused_by_carrier"),
    SmppCommandStatus.ESME_RX_R_APPN: Outcome("permanent", "refused_by_carrier"),
    SmppCommandStatus.ESME_RDELIVERYFAILURE: Outcome("permanent", "undelivered"),
}
"""Their command_status (SMPP 3.4, 5.1.3). All others may pass: the centre's faults, its own words, and what is ours to
mend, such as the sender's name."""

NO_SESSION = Outcome("temporary", "unreachable")
UNWRITABLE = Outcome("permanent", "unwritable")


class SmppSettings(ChannelSettings):
    """What the operator's contract says."""

    model_config = SettingsConfigDict(env_prefix="SMPP_")
    host: str
    port: int = Field(default=2775, ge=1, le=65535)
    system_id: str = Field(max_length=15)
    password: str = Field(max_length=8, repr=False, description="SMPP 3.4 has room for 8 characters")
    system_type: str = Field(default="", max_length=12)
    source: str = Field(
        pattern=r"^[ -~]{3,16}$",
        description="who writes: +84…, a short code, or a registered name, which nobody can answer",
    )
    ids: Ids = Field(default="same", description="how ids are written in answers and in receipts")
    window: int = Field(default=10, ge=1, le=100, description="unanswered submits at once")
    per_second: int = Field(default=20, ge=1, le=1000)


class SmppChannel:
    """One message centre."""

    name = "smpp"
    address_kind: AddressKind = "phone"
    batch = 32
    lease_s = PATIENCE_S + SEND_S + ANSWER_S + 10

    def __init__(self, settings: SmppSettings, inbox: Inbox) -> None:
        self._settings = settings
        self._inbox = inbox
        self._sender = address_of(settings.source)
        self.two_way = settings.source.removeprefix("+").isdigit()
        self._pace = Pace(settings.per_second)
        self.link = Link(self._connect)

    async def send(self, messages: Sequence[Outgoing]) -> Mapping[UUID, Outcome]:
        """All at once, as far as the window and the pace allow."""
        session = await self.link.session()
        if session is None:
            return {message.id: NO_SESSION for message in messages}
        until = asyncio.get_running_loop().time() + SEND_S
        outcomes = await asyncio.gather(*(self._send(session, message, until) for message in messages))
        return dict(zip((message.id for message in messages), outcomes, strict=True))

    async def ask(self, messages: Sequence[UUID]) -> Mapping[UUID, Past]:
        """It can be asked only by its own ids, which a dead sender took with it."""
        return dict.fromkeys(messages, "unknown")

    async def check(self) -> Health:
        """Whether somebody answers, and lets us send as fast as agreed."""
        session = None if self.link.trouble else await self.link.session()
        if session is None:
            return Health("down", self.link.trouble or "no_session")
        try:
            await asyncio.wait_for(session.enquire(), CHECK_S)
        except (NotSent, NoAnswer, TimeoutError):
            return Health("down", "silent")
        return Health("ailing", "throttled") if self._pace.is_slowed else Health("well")

    async def _send(self, session: Session, message: Outgoing, until: float) -> Outcome:
        try:
            return await self._submit(session, submits(message, self._sender), until)
        except ValueError:
            return UNWRITABLE

    async def _submit(self, session: Session, requests: Sequence[SubmitSm], until: float) -> Outcome:
        """Part by part: where one is refused the rest stays here. Only with the last can anything appear on a phone."""
        id = ""
        for request in requests:
            try:
                status, id = await session.submit(request, until)
            except NotSent as why:
                return Outcome("temporary", str(why))
            except NoAnswer:
                return Outcome("temporary", "no_answer", maybe_sent=request is requests[-1])
            if status:
                return refusal(status)
        return Outcome("sent", provider_id=answer_name(id, self._settings.ids) or None)

    async def _connect(self) -> Session:
        streams = await asyncio.wait_for(asyncio.open_connection(self._settings.host, self._settings.port), CONNECT_S)
        session = Session(streams, self._inbox, self._pace, self._settings.window)
        try:
            await session.bind(
                BindTransceiver(
                    system_id=self._settings.system_id,
                    password=self._settings.password,
                    system_type=self._settings.system_type,
                )
            )
        except BaseException:
            session.close()
            raise
        return session


def refusal(status: int) -> Outcome:
    """What a command_status other than 0 means."""
    return REFUSALS.get(status) or Outcome("temporary", word_of(status))


def fit(fitting: Fitting) -> Fitted:
    """Needs `SMPP_HOST`, `SMPP_SYSTEM_ID`, `SMPP_PASSWORD` and `SMPP_SOURCE`."""
    settings = load(SmppSettings)
    service = fitting.service
    incoming = Incoming(service.store, service.clock, fitting.inbound, settings.ids)
    incoming.wake = service.cycle("smpp-texts", incoming.tidy, net_s=60, rest_s=1).wake
    channel = SmppChannel(settings, incoming)
    return Fitted(channel, start=channel.link.start, stop=channel.link.stop, check=channel.check)
