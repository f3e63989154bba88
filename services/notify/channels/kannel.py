"""Kannel, the HTTP gateway to telephone networks, both ways: https://www.kannel.org/download/1.4.5/userguide-1.4.5/

Sent by POST: number, text and password stand in headers and body, never in an address. It gives no id of its own and
knows no repeats; its receipts name our id. What was tried against Debian's 1.4.5: docs/channels/kannel.md.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from uuid import UUID

import httpx
import structlog
from pydantic import Field
from pydantic_settings import SettingsConfigDict

from services.notify.channels.channel import SENT, AddressKind, Outcome, Outgoing, Past
from services.notify.channels.fitting import Fitted, Fitting
from services.notify.channels.kannel_hooks import Hooks
from services.notify.channels.kannel_status import Status
from shared.settings import ChannelSettings, load
from shared.vietnam.sms import gsm_length, parts
from shared.web.trust import trusted

log = structlog.get_logger()

TIMEOUT_S = 15.0
IN_FLIGHT = 8
MOST_PARTS = 10
"""`max-messages` of deploy/kannel: of a longer text Kannel would cut off the end and say nothing."""
ALL_RECEIPTS = 1 | 2 | 4 | 8 | 16

UNREACHABLE = Outcome("temporary", "unreachable")
NO_ANSWER = Outcome("temporary", "no_answer", maybe_sent=True)
TOO_LONG = Outcome("permanent", "too_long")

REFUSALS: Mapping[str, Outcome] = {
    "Authorization failed": Outcome("temporary", "wrong_key"),
    "Sender missing": Outcome("temporary", "wrong_sender"),
    "Not routable": Outcome("permanent", "not_routable"),
    "Number(s) has/have been denied": Outcome("permanent", "unknown_number", address_is_bad=True),
    "Temporal failure": Outcome("temporary", "busy_carrier"),
}
"""By the beginning of what it says. A wrong password or sender is our mistake and is mended."""


class KannelSettings(ChannelSettings):
    """Where smsbox is, and the secrets that both sides know."""

    model_config = SettingsConfigDict(env_prefix="KANNEL_")

    url: str = Field(description="of smsbox: http://kannel:13013")
    username: str = Field(min_length=1)
    password: str = Field(min_length=1)
    hook_secret: str = Field(pattern=r"^[A-Za-z0-9_-]{16,}$", description="by which we know Kannel; stands in post-url")
    sender: str | None = Field(default=None, description="the number that people see and answer; else SMS_NUMBER")
    hooks_url: str | None = Field(default=None, description="where Kannel reaches us; else PUBLIC_URL")
    status_url: str | None = Field(default=None, description="of bearerbox: http://kannel:13000")
    status_password: str | None = None


class Kannel:
    """Sends through smsbox. `ask` knows nothing: what died in mid-send goes again once, and marked."""

    name = "kannel"
    address_kind: AddressKind = "phone"
    two_way = True
    batch = 32
    lease_s = TIMEOUT_S * (32 / IN_FLIGHT) + 20

    def __init__(self, settings: KannelSettings, sender: str, receipt_address: Callable[[UUID], str]) -> None:
        """`sender`: the number that people see. `receipt_address`: where Kannel tells what became of a message."""
        self._fixed = {
            "X-Kannel-Username": settings.username,
            "X-Kannel-Password": settings.password,
            "X-Kannel-From": sender,
            "X-Kannel-DLR-Mask": str(ALL_RECEIPTS),
        }
        self._receipt_address = receipt_address
        # A connection for each message: on one that is kept and died unseen, nobody would know whether it was sent.
        self._client = httpx.AsyncClient(
            base_url=settings.url,
            verify=trusted(),
            timeout=httpx.Timeout(TIMEOUT_S, connect=TIMEOUT_S / 3),
            follow_redirects=False,
            trust_env=False,
            limits=httpx.Limits(max_keepalive_connections=0),
        )
        self._places = asyncio.Semaphore(IN_FLIGHT)

    async def send(self, messages: Sequence[Outgoing]) -> Mapping[UUID, Outcome]:
        """Each message is a request of its own, a few at a time."""
        outcomes = await asyncio.gather(*(self._post(message) for message in messages))
        return dict(zip((message.id for message in messages), outcomes, strict=True))

    async def ask(self, messages: Sequence[UUID]) -> Mapping[UUID, Past]:
        """It cannot tell."""
        return dict.fromkeys(messages, "unknown")

    async def close(self) -> None:
        await self._client.aclose()

    async def _post(self, message: Outgoing) -> Outcome:
        if parts(message.text).parts > MOST_PARTS:
            return TOO_LONG
        headers, body = written(message.text)
        headers |= self._fixed | {
            "X-Kannel-To": message.address,
            "X-Kannel-DLR-Url": self._receipt_address(message.id),
        }
        async with self._places:
            try:
                async with asyncio.timeout(TIMEOUT_S):
                    answer = await self._client.post("/cgi-bin/sendsms", headers=headers, content=body)
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                log.warning("kannel.unreachable", error=type(error).__name__)
                return UNREACHABLE
            except (httpx.HTTPError, TimeoutError) as error:
                log.warning("kannel.no_answer", error=type(error).__name__)
                return NO_ANSWER
        return read_answer(answer.status_code, answer.text)


def written(text: str) -> tuple[dict[str, str], bytes]:
    """Headers and body of a text. We choose the coding: told wrongly, Kannel sends `?` for each letter it cannot write.

    What the GSM alphabet holds goes as such; anything else as UTF-16BE, which passes byte for byte.
    """
    if gsm_length(text) is not None:
        return {"Content-Type": "text/plain; charset=UTF-8", "X-Kannel-Coding": "0"}, text.encode()
    return {"Content-Type": "application/octet-stream", "X-Kannel-Coding": "2"}, text.encode("utf-16-be")


def read_answer(status: int, said: str) -> Outcome:
    """What an answer means. 202 says that bearerbox has it in its store: `0: Accepted…`, or `3: Queued…`."""
    if status in (200, 202):
        return SENT
    refusals = (outcome for beginning, outcome in REFUSALS.items() if said.startswith(beginning))
    return next(refusals, Outcome("temporary", f"http_{status}"))


def fit(fitting: Fitting) -> Fitted:
    """Reads `KANNEL_…`."""
    settings = load(KannelSettings)
    house = fitting.settings
    hooks = Hooks(fitting, settings.hooks_url or house.public_url, settings.hook_secret)
    channel = Kannel(settings, settings.sender or house.sms_number, hooks.receipt_address)
    status = Status(settings.status_url, settings.status_password)
    return Fitted(channel, routes=hooks.router(), stop=channel.close, check=status.check)
