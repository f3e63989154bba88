"""SMS by brandname through eSMS.vn. Texts must fit sentences registered with the networks; nobody can answer.

https://developers.esms.vn: `SendMultipleMessage_V4_post_json`, `GetSendStatus`, `GetBalance_json`, and the receipt by
GET on `CallbackUrl`. Ours is the `RequestId`: a repeat within 24 hours is answered 124, which after a silence of theirs
means that the first one was taken. Receipts carry no signature: the address they are sent to holds ours.
"""

import asyncio
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import Field
from pydantic_settings import SettingsConfigDict

from services.notify.channels.calling import Answer, NotReached, call, client
from services.notify.channels.channel import AddressKind, Outcome, Outgoing, Past
from services.notify.channels.fitting import Fitted, Fitting, Health
from services.notify.channels.inbound import Receipt
from services.notify.channels.provider_names import provider_names
from shared.settings import ChannelSettings, load
from shared.store import Store
from shared.vietnam.sms import parts
from shared.web.problems import Problem

TIMEOUT_S = 15.0
IN_FLIGHT = 5

REFUSALS: Mapping[str, Outcome] = {
    "99": Outcome("permanent", "barred"),
    "101": Outcome("temporary", "wrong_key"),
    "102": Outcome("temporary", "no_price"),
    "103": Outcome("temporary", "no_credit"),
    "104": Outcome("permanent", "not_registered"),
    "108": Outcome("permanent", "unknown_number", address_is_bad=True),
    "118": Outcome("permanent", "esms_118"),
    "140": Outcome("temporary", "wrong_key"),
    "146": Outcome("permanent", "not_registered"),
    "160": Outcome("temporary", "too_fast"),
    "177": Outcome("permanent", "not_registered"),
}
"""Their codes of refusal. Money, price and keys are ours to mend and pass; an unregistered sentence never does."""

TAKEN, REPEATED = "100", "124"
WAITING, REJECTED, FINISHED = (1, 2, 7), 4, 5


class EsmsSettings(ChannelSettings):
    """`ESMS_…`"""

    model_config = SettingsConfigDict(env_prefix="ESMS_")

    api_key: str
    secret_key: str
    brandname: str = Field(default="", max_length=11, description="of SmsType 2")
    sms_type: Literal["2", "8"] = Field(default="2", description="2 by brandname, 8 by a fixed number")
    sandbox: bool = False
    url: str = "https://rest.esms.vn/MainService.svc/json"


class Esms:
    """A brandname: it writes and cannot be written to."""

    name = "esms"
    address_kind: AddressKind = "phone"
    two_way = False
    batch = 20
    lease_s = TIMEOUT_S * (20 / IN_FLIGHT) + 20

    def __init__(self, settings: EsmsSettings, store: Store, public_url: str, secret_key: str) -> None:
        self._settings = settings
        self._url = settings.url
        self._keys = {"ApiKey": settings.api_key, "SecretKey": settings.secret_key}
        self._store = store
        self._public_url = public_url
        self._signing_key = secret_key.encode()
        self._client = client(TIMEOUT_S)
        self._places = asyncio.Semaphore(IN_FLIGHT)

    async def send(self, messages: Sequence[Outgoing]) -> Mapping[UUID, Outcome]:
        """One call a message: this method of theirs takes one number."""
        outcomes = await asyncio.gather(*(self._post(message) for message in messages))
        return dict(zip((message.id for message in messages), outcomes, strict=True))

    async def ask(self, messages: Sequence[UUID]) -> Mapping[UUID, Past]:
        """Asked by their own id, known where a receipt or an earlier answer told it."""
        async with self._store.read() as connection:
            known = await provider_names(connection, self.name, messages)
        past: dict[UUID, Past] = dict.fromkeys(messages, "unknown")
        for message, sms in known.items():
            if await self.status_of(sms):
                past[message] = "sent"
        return past

    async def status_of(self, sms: str) -> Mapping[str, str]:
        """What `GetSendStatus` says of an SMSID, in the words of a receipt; nothing where it does not know."""
        asked = {"RefId": sms, **self._keys}
        try:
            told = (await call(self._client, TIMEOUT_S, f"{self._url}/GetSendStatus", verb="GET", params=asked)).body
        except NotReached:
            return {}
        return {k: str(v) for k, v in told.items()} if str(told.get("CodeResponse")) == TAKEN else {}

    async def check(self) -> Health:
        """Keys and money."""
        try:
            answer = await call(self._client, TIMEOUT_S, f"{self._url}/GetBalance_json", json=self._keys)
        except NotReached as failed:
            return Health("down", failed.outcome.reason or "")
        if (code := str(answer.body.get("CodeResponse", answer.status))) != TAKEN:
            return Health("down", f"code {code}")
        return Health("well") if _number(answer.body.get("Balance")) > 0 else Health("ailing", "no credit")

    async def close(self) -> None:
        await self._client.aclose()

    def seal(self, message: UUID) -> str:
        """What an address for a receipt of this message must hold."""
        return hmac.digest(self._signing_key, f"esms receipt {message}".encode(), "sha256").hex()[:40]

    async def _post(self, message: Outgoing) -> Outcome:
        async with self._places:
            url = f"{self._url}/SendMultipleMessage_V4_post_json/"
            try:
                return read_answer(await call(self._client, TIMEOUT_S, url, json=self._fields(message)))
            except NotReached as failed:
                return failed.outcome

    def _fields(self, message: Outgoing) -> dict[str, str]:
        named = {"Brandname": self._settings.brandname} if self._settings.sms_type == "2" else {}
        return {
            **self._keys,
            **named,
            "Phone": "0" + message.address.removeprefix("+84"),
            "Content": message.text,
            "SmsType": self._settings.sms_type,
            "IsUnicode": "0" if parts(message.text).coding == "gsm7" else "1",
            "Sandbox": "1" if self._settings.sandbox else "0",
            "RequestId": str(message.id),
            "CallbackUrl": f"{self._public_url}/hooks/esms/{message.id}/{self.seal(message.id)}",
        }


def fit(fitting: Fitting) -> Fitted:
    """Needs `ESMS_API_KEY`, `ESMS_SECRET_KEY` and, for a brandname, `ESMS_BRANDNAME`."""
    settings = fitting.settings
    channel = Esms(load(EsmsSettings), fitting.service.store, settings.public_url, settings.secret_key)
    return Fitted(channel, _routes(channel, fitting), stop=channel.close, check=channel.check)


def _routes(channel: Esms, fitting: Fitting) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/hooks/esms/{message}/{seal}")
    async def receipt(request: Request, message: UUID, seal: str) -> Response:
        """Up to five times the same, until they hear 200."""
        if not hmac.compare_digest(seal.encode(), channel.seal(message).encode()):
            raise Problem(404)
        told: Mapping[str, str] = request.query_params
        if (sms := told.get("SMSID")) and fate(told) is None:
            told = {**told, **await channel.status_of(sms)}
        async with fitting.service.store.begin() as unit:
            await fitting.inbound.receipts(unit, [_receipt(message, told, fitting.service.clock.now())])
        return Response(status_code=200)

    return router


def read_answer(answer: Answer) -> Outcome:
    """What their answer to a text means. 124 repeats what was taken before."""
    code = str(answer.body.get("CodeResult", ""))
    if code in (TAKEN, REPEATED):
        sms = answer.body.get("SMSID")
        return Outcome("sent", provider_id=str(sms) if sms else None)
    if code:
        return REFUSALS.get(code, Outcome("temporary", f"esms_{code}"))
    return Outcome("temporary", f"http_{answer.status}" if answer.status != 200 else "esms_unreadable")


def fate(told: Mapping[str, str]) -> Literal["on_its_way", "delivered", "failed"] | None:
    """What a receipt says: their 5 means finished, and the counts say how. None: finished, they do not say how."""
    status, success, failed = (_number(told.get(name)) for name in ("SendStatus", "SendSuccess", "SendFailed"))
    if status == REJECTED:
        return "failed"
    if status != FINISHED:
        return "on_its_way"
    if success:
        return "delivered"
    return "failed" if failed else None


def _receipt(message: UUID, told: Mapping[str, str], at: datetime) -> Receipt:
    """They give no time and no id of a receipt: what it says is its key."""
    kind = fate(told) or "on_its_way"
    said = "-".join(told.get(name, "") for name in ("SMSID", "SendStatus", "SendSuccess", "SendFailed"))
    reason = f"esms_{told.get('SendStatus')}" if kind == "failed" else None
    return Receipt("esms", f"{message}-{said}", kind, at, message, told.get("SMSID"), reason)


def _number(text: Any) -> float:
    """Theirs are strings here and numbers there; what is no number counts nothing."""
    try:
        return float(text)
    except (TypeError, ValueError):
        return 0.0
