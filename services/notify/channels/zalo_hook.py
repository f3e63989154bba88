"""What Zalo tells us: texts, followers, receipts. Signed over the bytes as they came.

A plain SHA-256 of `app_id + body + timestamp + the account's secret key`, no HMAC. Answered only once it is kept; Zalo
tries again after 30 s, 5, 15, 30 minutes and an hour, so what is over two hours old is somebody else's replay.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
import structlog
from fastapi import APIRouter, Request, Response

from services.notify.channels import zalo_store
from services.notify.channels.fitting import Fitting
from services.notify.channels.inbound import Receipt, Text
from services.notify.contacts import store as contacts
from shared.clock import Clock
from shared.web.problems import Problem

log = structlog.get_logger()
HOOK = "/hooks/zalo/events"
OLDEST = timedelta(hours=2)
AHEAD = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Event:
    """What is ours of an event. Ids are text: they exceed what a JSON number holds elsewhere."""

    at: datetime
    """By Zalo's clock."""
    user: str | None = None
    """Who touched the account."""
    key: str | None = None
    text: str | None = None
    """What he wrote; empty for a picture."""
    follows: bool | None = None
    """Whether he opened the account to us, or closed it."""
    received: tuple[tuple[str, UUID | None], ...] = field(default=())
    """Messages that are on a phone: Zalo's id, and ours where it comes back."""


def verified(raw: bytes, header: str, app_id: str, secret: str, now: datetime) -> Mapping[str, Any] | None:
    """The event, where its signature is right and it is not too old. `now` is real time."""
    try:
        event = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(event, dict) or str(event.get("app_id", "")) != app_id:
        return None
    stamp = str(event.get("timestamp", ""))
    expected = hashlib.sha256(app_id.encode() + raw + stamp.encode() + secret.encode()).hexdigest()
    if not hmac.compare_digest(header.removeprefix("mac=").strip().lower().encode(), expected.encode()):
        return None
    at = _time(stamp)
    if at is None or not now - OLDEST <= at <= now + AHEAD:
        log.warning("zalo.event_too_old")
        return None
    return event


def read_event(event: Mapping[str, Any]) -> Event:
    """What is in it for us. One that nobody knows is empty."""
    name, at = str(event.get("event_name", "")), _time(str(event.get("timestamp", ""))) or datetime.now(UTC)
    message = event.get("message")
    message = message if isinstance(message, dict) else event  # also seen flat
    if name in ("follow", "unfollow"):
        return Event(at, _id(event.get("follower")), follows=name == "follow")
    if name.startswith("user_send_"):
        text = str(message.get("text") or "") if name == "user_send_text" else ""
        return Event(at, _id(event.get("sender")), str(message.get("msg_id") or ""), text)
    if name == "user_received_message" and message.get("msg_id"):
        return Event(at, received=((str(message["msg_id"]), _ours(message.get("tracking_id"))),))
    if name == "user_seen_message" and isinstance(message.get("msg_ids"), list):
        return Event(at, received=tuple((str(id), None) for id in message["msg_ids"][:100]))
    return Event(at)


def hook_routes(fitting: Fitting, app_id: str, secret: str) -> APIRouter:
    """Where Zalo posts."""
    router = APIRouter(include_in_schema=False)

    @router.post(HOOK)
    async def take(request: Request) -> Response:
        raw = await request.body()
        header = request.headers.get("x-zevent-signature", "")
        if not header and raw.strip() in (b"", b"{}"):
            return Response(status_code=200)  # saving the address in the console asks whether anybody is here
        event = verified(raw, header, app_id, secret, Clock.wall())
        if event is None:
            raise Problem(401)
        await _take(fitting, read_event(event))
        return Response(status_code=200)

    return router


async def _take(fitting: Fitting, event: Event) -> None:
    """All of one event in one transaction."""
    clock = fitting.service.clock
    async with fitting.service.store.begin() as unit:
        if event.user and event.follows is not False:
            await zalo_store.note_visit(unit, event.user, event.at + clock.offset)
        if event.user:
            await contacts.mark_address(unit, "zalo", event.user, is_bad=event.follows is False)
        if event.user and event.key and event.text is not None:
            await fitting.inbound.texts(unit, [Text("zalo", event.key, event.user, event.text, clock.now(), "zalo")])
        receipts = [
            Receipt("zalo", f"received {name}", "delivered", event.at + clock.offset, message, name)
            for name, message in event.received
        ]
        if receipts:
            await fitting.inbound.receipts(unit, receipts)


def _time(stamp: str) -> datetime | None:
    """Milliseconds, as Zalo writes them."""
    if not stamp.isdigit() or len(stamp) > 15:
        return None
    return datetime.fromtimestamp(int(stamp) / 1000, UTC)


def _id(who: object) -> str | None:
    found = who.get("id") if isinstance(who, dict) else None
    return str(found) if found else None


def _ours(tracking: object) -> UUID | None:
    """Ours, where it is one of ours."""
    try:
        return UUID(str(tracking))
    except ValueError:
        return None
