"""SMS through SpeedSMS.vn: by brandname, by a number of one's own that can be answered, or by an Android phone.

https://speedsms.vn/sms-api-service: HTTP Basic with the token as user, `POST /sms/send`, 60 calls in 60 seconds. They
know no repeats, so a call without an answer may have been sent. Receipts and texts that come in carry no signature:
the address that one enters in their pages holds a secret.
"""

import asyncio
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field
from pydantic_settings import SettingsConfigDict

from services.notify.channels.calling import Answer, NotReached, bounded, call, client
from services.notify.channels.channel import AddressKind, Outcome, Outgoing, Past
from services.notify.channels.fitting import Fitted, Fitting, Health
from services.notify.channels.inbound import Receipt, Text
from shared.settings import ChannelSettings, load
from shared.web.api import ApiRoute
from shared.web.problems import Problem

TIMEOUT_S = 15.0
IN_FLIGHT = 4
SAME_TEXT = timedelta(minutes=10)
"""They give a text no id: the same words from the same phone within such a span are a repeat of theirs."""
NEVER_ARRIVES = 64
"""From this status on a receipt is final; 1 to 63 failed for now, and they go on trying."""

REFUSALS: Mapping[str, Outcome] = {
    "007": Outcome("temporary", "wrong_key"),
    "008": Outcome("temporary", "wrong_key"),
    "009": Outcome("temporary", "wrong_key"),
    "101": Outcome("permanent", "speedsms_101"),
    "105": Outcome("permanent", "unknown_number", address_is_bad=True),
    "110": Outcome("permanent", "speedsms_110"),
    "113": Outcome("permanent", "too_long"),
    "300": Outcome("temporary", "no_credit"),
    "500": Outcome("temporary", "speedsms_500"),
}
"""Their codes of refusal. A locked address or account and an empty purse are ours to mend, and pass."""

TWO_WAY_TYPES = (5, 8)
"""An Android phone of one's own, a number rented for both ways."""


class SpeedSmsSettings(ChannelSettings):
    """`SPEEDSMS_…`"""

    model_config = SettingsConfigDict(env_prefix="SPEEDSMS_")

    token: str
    hook_secret: str = Field(min_length=16, description="stands in the address for their receipts: /hooks/speedsms/…")
    type: int = Field(default=3, ge=2, le=8, description="their sms_type: 3 brandname, 5 phone, 8 two-way number")
    sender: str = Field(default="", description="the brandname, or the phone's id")
    url: str = "https://api.speedsms.vn/index.php"


class SpeedSms:
    """Whether it can be answered depends on the kind of sender one has with them."""

    name = "speedsms"
    address_kind: AddressKind = "phone"
    batch = 20
    lease_s = TIMEOUT_S * (20 / IN_FLIGHT) + 20

    def __init__(self, settings: SpeedSmsSettings) -> None:
        self.two_way = settings.type in TWO_WAY_TYPES
        self._settings = settings
        self._client = client(TIMEOUT_S)
        self._places = asyncio.Semaphore(IN_FLIGHT)

    async def send(self, messages: Sequence[Outgoing]) -> Mapping[UUID, Outcome]:
        """One call a message. Once they say "too fast", the rest of the batch waits as well."""
        told_to_wait: list[Outcome] = []
        outcomes = await asyncio.gather(*(self._post(message, told_to_wait) for message in messages))
        return dict(zip((message.id for message in messages), outcomes, strict=True))

    async def ask(self, messages: Sequence[UUID]) -> Mapping[UUID, Past]:
        """They do not know our ids."""
        return dict.fromkeys(messages, "unknown")

    async def check(self) -> Health:
        """Token and money."""
        try:
            answer = await self._call("/user/info", verb="GET")
        except NotReached as failed:
            return Health("down", failed.outcome.reason or "")
        told = answer.body
        if answer.status != 200 or told.get("status") == "error":
            return Health("down", f"code {told.get('code', answer.status)}")
        purse = told.get("data", told)
        empty = isinstance(purse, dict) and purse.get("balance") in (0, "0", "0.0")
        return Health("ailing", "no credit") if empty else Health("well")

    async def close(self) -> None:
        await self._client.aclose()

    def knows(self, secret: str) -> bool:
        """Whether an address was ours."""
        return hmac.compare_digest(secret.encode(), self._settings.hook_secret.encode())

    async def _post(self, message: Outgoing, told_to_wait: list[Outcome]) -> Outcome:
        async with self._places:
            if told_to_wait:
                return told_to_wait[0]
            body = {
                "to": message.address.removeprefix("+"),
                "content": message.text,
                "sms_type": self._settings.type,
                "sender": self._settings.sender,
            }
            try:
                outcome = read_answer(await self._call("/sms/send", json=body))
            except NotReached as failed:
                return failed.outcome
            if outcome.reason == "too_fast":
                told_to_wait.append(outcome)
            return outcome

    async def _call(self, path: str, **request: Any) -> Answer:
        """`request` is httpx's."""
        return await call(
            self._client, TIMEOUT_S, f"{self._settings.url}{path}", auth=(self._settings.token, "x"), **request
        )


class Report(BaseModel):
    """A receipt. Their numbers are strings at times."""

    type: Literal["report"]
    tran: int | str = Field(alias="tranId")
    phone: int | str
    status: int


class Incoming(BaseModel):
    """A text that somebody wrote to our number."""

    type: Literal["sms"]
    phone: int | str
    content: str


def fit(fitting: Fitting) -> Fitted:
    """Needs `SPEEDSMS_TOKEN` and `SPEEDSMS_HOOK_SECRET`."""
    channel = SpeedSms(load(SpeedSmsSettings))
    return Fitted(channel, _routes(channel, fitting), stop=channel.close, check=channel.check)


def _routes(channel: SpeedSms, fitting: Fitting) -> APIRouter:
    router = APIRouter(include_in_schema=False, route_class=ApiRoute)

    @router.post("/hooks/speedsms/{secret}")
    async def hook(secret: str, said: Annotated[Report | Incoming, Field(discriminator="type")]) -> Response:
        if not channel.knows(secret):
            raise Problem(404)
        now = fitting.service.clock.now()
        async with fitting.service.store.begin() as unit:
            if isinstance(said, Report):
                await fitting.inbound.receipts(unit, [_receipt(said, now)])
            else:
                await fitting.inbound.texts(unit, [_text(said, now)])
        return Response(status_code=200)

    return router


def read_answer(answer: Answer) -> Outcome:
    """What their answer to a text means."""
    if answer.status == 429:
        return Outcome("temporary", "too_fast", retry_after=_wait(answer.headers.get("x-rate-limit-reset", "")))
    told, code = answer.body, str(answer.body.get("code", ""))
    if told.get("status") == "success":
        return _taken(told.get("data"))
    if told.get("status") == "error" and code:
        return REFUSALS.get(code, Outcome("temporary", f"speedsms_{code}"))
    return Outcome("temporary", "wrong_key" if answer.status in (401, 403) else f"http_{answer.status}")


def _taken(data: object) -> Outcome:
    """Taken as a whole, and yet our one number may be among the invalid ones."""
    details = data if isinstance(data, dict) else {}
    if details.get("invalidPhone"):
        return REFUSALS["105"]
    tran = details.get("tranId")
    return Outcome("sent", provider_id=str(tran) if tran is not None else None)


def _wait(seconds: str) -> timedelta | None:
    return bounded(int(seconds)) if seconds.isascii() and seconds.isdigit() else None


def _receipt(said: Report, at: datetime) -> Receipt:
    kind = "delivered" if said.status == 0 else "failed" if said.status >= NEVER_ARRIVES else "on_its_way"
    reason = None if said.status == 0 else f"speedsms_{said.status}"
    key = f"{said.tran}-{said.status}"
    return Receipt("speedsms", key, kind, at, provider_id=str(said.tran), reason=reason)


def _text(said: Incoming, at: datetime) -> Text:
    span = int(at.timestamp() // SAME_TEXT.total_seconds())
    words = hashlib.sha256(f"{said.phone}\n{said.content}".encode()).hexdigest()
    phone = f"+{str(said.phone).removeprefix('+')}"
    return Text("speedsms", f"{span}-{words}", phone, said.content, at)
