"""Alerts to a chat bridge or any other program, signed by the Standard Webhooks scheme.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
`webhook-id` is the message's and the same in every try: the receiver knows by it what it has already.
"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from uuid import UUID

import httpx
import orjson
import structlog
from standardwebhooks import Webhook

from services.notify.channels.channel import SENT, AddressKind, Outcome, Outgoing, Past
from services.notify.channels.fitting import Fitted, Fitting
from shared.settings import SettingsError

log = structlog.get_logger()

TIMEOUT_S = 10.0
IN_FLIGHT = 8
LONGEST_WAIT = timedelta(hours=1)

REFUSALS: Mapping[int, Outcome] = {
    400: Outcome("permanent", "http_400"),
    401: Outcome("temporary", "http_401"),
    403: Outcome("temporary", "http_403"),
    404: Outcome("temporary", "http_404"),
    408: Outcome("temporary", "http_408"),
    410: Outcome("permanent", "gone"),
    413: Outcome("permanent", "http_413"),
    422: Outcome("permanent", "http_422"),
    429: Outcome("temporary", "too_fast"),
}
"""Their words of refusal. A wrong key or address is our mistake and is mended; 410 says: never again. 5xx passes."""


class WebhookChannel:
    """One address for the installation. It says "taken" and nothing later; nobody can answer on it."""

    name = "webhook"
    address_kind: AddressKind = "phone"
    two_way = False
    batch = 32
    lease_s = TIMEOUT_S * (32 / IN_FLIGHT) + 20

    def __init__(self, url: str, secret: str) -> None:
        self._url = url
        self._signer = Webhook(secret)
        self._client = httpx.AsyncClient(timeout=TIMEOUT_S, follow_redirects=False)
        self._places = asyncio.Semaphore(IN_FLIGHT)

    async def send(self, messages: Sequence[Outgoing]) -> Mapping[UUID, Outcome]:
        """Each message is a request of its own, a few at a time."""
        outcomes = await asyncio.gather(*(self._post(message) for message in messages))
        return dict(zip((message.id for message in messages), outcomes, strict=True))

    async def ask(self, messages: Sequence[UUID]) -> Mapping[UUID, Past]:
        """It cannot tell; the same `webhook-id` again lets the receiver know."""
        return dict.fromkeys(messages, "unknown")

    async def close(self) -> None:
        await self._client.aclose()

    async def _post(self, message: Outgoing) -> Outcome:
        body = _body(message)
        async with self._places:
            try:
                async with asyncio.timeout(TIMEOUT_S):
                    answer = await self._client.post(self._url, content=body, headers=self._headers(message.id, body))
            except (httpx.TimeoutException, TimeoutError):
                return Outcome("temporary", "no_answer")
            except httpx.HTTPError as error:
                log.warning("webhook.unreachable", error=type(error).__name__)
                return Outcome("temporary", "unreachable")
        return read_answer(answer.status_code, answer.headers.get("retry-after"), datetime.now(UTC))

    def _headers(self, id: UUID, body: str) -> dict[str, str]:
        at = datetime.now(UTC)  # real time: the receiver refuses what is too old by its own clock
        return {
            "content-type": "application/json",
            "webhook-id": str(id),
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": self._signer.sign(str(id), at, body),
        }


def fit(fitting: Fitting) -> Fitted:
    """Needs `WEBHOOK_URL` and `WEBHOOK_SECRET`."""
    settings = fitting.settings
    if not settings.webhook_url or not settings.webhook_secret:
        missing = "WEBHOOK_SECRET" if settings.webhook_url else "WEBHOOK_URL"
        raise SettingsError(f"Settings are wrong. {missing}: is needed for the channel `webhook`.")
    channel = WebhookChannel(settings.webhook_url, settings.webhook_secret)
    return Fitted(channel, stop=channel.close)


def read_answer(status: int, retry_after: str | None, now: datetime) -> Outcome:
    """What an HTTP answer means. A redirect is a refusal: nobody is followed to another address."""
    if 200 <= status < 300:
        return SENT
    known = REFUSALS.get(status)
    if known and known.kind == "permanent":
        return known
    reason = known.reason if known else f"http_{status}"
    return Outcome("temporary", reason, retry_after=_wait(retry_after, now))


def _wait(header: str | None, now: datetime) -> timedelta | None:
    """`Retry-After` (RFC 9110, 10.2.3): seconds or a date; an hour at most."""
    if not header:
        return None
    if header.strip().isdigit():
        return min(timedelta(seconds=int(header)), LONGEST_WAIT)
    try:
        until = parsedate_to_datetime(header)
    except ValueError:
        return None
    if until.tzinfo is None:
        return None
    return min(max(until - now, timedelta()), LONGEST_WAIT)


def _body(message: Outgoing) -> str:
    data = {"to": message.phone, "text": message.text, "alert": message.alert, "code": message.code}
    return orjson.dumps({"type": "message.send", "timestamp": message.at, "data": data}).decode()
