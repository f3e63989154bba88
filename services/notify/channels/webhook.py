"""Alerts to a chat bridge or any other program, signed by the Standard Webhooks scheme.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
`webhook-id` is the message's and the same in every try: the receiver knows by it what it has already.
The address is called only where it leads to the open internet, or into a network that `WEBHOOK_ALLOW` names. A 410
closes the channel until an administrator opens it again.
"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit
from uuid import UUID

import httpx
import orjson
import structlog
from standardwebhooks import Webhook

from services.notify.channels import closing
from services.notify.channels.channel import SENT, AddressKind, Outcome, Outgoing, Past
from services.notify.channels.fitting import Fitted, Fitting, Health
from shared.clock import Clock
from shared.settings import Settings, SettingsError
from shared.store import Store
from shared.web.outgoing import AddressRefused, Networks, addresses_of, guarded_client, may_reach, networks

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


GONE = REFUSALS[410]
PRIVATE = Outcome("permanent", "private_address")


class WebhookChannel:
    """One address for the installation. It says "taken" and nothing later; nobody can answer on it."""

    name = "webhook"
    address_kind: AddressKind = "phone"
    two_way = False
    batch = 32
    lease_s = TIMEOUT_S * (32 / IN_FLIGHT) + 20

    def __init__(self, url: str, keys: Sequence[str], store: Store, allowed: Networks = ()) -> None:
        """`keys`: while they are changed the new one and the old one; one that fits is enough for the receiver."""
        self._url = url
        self._signers = [Webhook(key) for key in keys]
        self._store = store
        self._allowed = allowed
        self._client = guarded_client(TIMEOUT_S, allowed, in_flight=IN_FLIGHT)
        self._places = asyncio.Semaphore(IN_FLIGHT)

    async def send(self, messages: Sequence[Outgoing]) -> Mapping[UUID, Outcome]:
        """Each message is a request of its own, a few at a time."""
        if await self._is_closed():
            return dict.fromkeys((message.id for message in messages), GONE)
        outcomes = await asyncio.gather(*(self._post(message) for message in messages))
        if GONE in outcomes:
            await self._close()
        return dict(zip((message.id for message in messages), outcomes, strict=True))

    async def ask(self, messages: Sequence[UUID]) -> Mapping[UUID, Past]:
        """It cannot tell; the same `webhook-id` again lets the receiver know."""
        return dict.fromkeys(messages, "unknown")

    async def check(self) -> Health:
        """Whether the address is open and leads where we may send. Nothing is sent to it."""
        if await self._is_closed():
            return Health("down", "gone")
        address = urlsplit(self._url)
        found = await addresses_of(address.hostname or "", address.port or 443)
        if not found:
            return Health("down", "unknown name")
        return Health("unknown") if any(may_reach(one, self._allowed) for one in found) else Health("down", "private")

    async def close(self) -> None:
        await self._client.aclose()

    async def _is_closed(self) -> bool:
        async with self._store.read() as connection:
            return bool(await closing.closed_of(connection, [self.name]))

    async def _close(self) -> None:
        log.warning("webhook.gone")
        async with self._store.begin() as unit:
            await closing.close(unit, self.name, "gone", Clock.wall())

    async def _post(self, message: Outgoing) -> Outcome:
        body = _body(message)
        async with self._places:
            try:
                async with asyncio.timeout(TIMEOUT_S):
                    answer = await self._client.post(self._url, content=body, headers=self._headers(message.id, body))
            except (httpx.TimeoutException, TimeoutError):
                return Outcome("temporary", "no_answer")
            except AddressRefused:
                log.warning("webhook.private_address")
                return PRIVATE
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
            "webhook-signature": " ".join(signer.sign(str(id), at, body) for signer in self._signers),
        }


def fit(fitting: Fitting) -> Fitted:
    """Needs `WEBHOOK_URL` and `WEBHOOK_SECRET`."""
    url, keys, allowed = _told(fitting.settings)
    channel = WebhookChannel(url, keys, fitting.service.store, allowed)
    return Fitted(channel, stop=channel.close, check=channel.check)


def _told(settings: Settings) -> tuple[str, Sequence[str], Networks]:
    if not settings.webhook_url or not settings.webhook_secret:
        missing = "WEBHOOK_SECRET" if settings.webhook_url else "WEBHOOK_URL"
        raise SettingsError(f"Settings are wrong. {missing}: is needed for the channel `webhook`.")
    try:
        return settings.webhook_url, settings.webhook_secret.split(), networks(settings.webhook_allow)
    except ValueError as error:
        raise SettingsError(f"Settings are wrong. WEBHOOK_ALLOW: {error}.") from None


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
