"""Zalo Bot: a bot of a team, made in a minute without a company, with a token that stays.

https://bot.zaloplatforms.com/docs. It has no buttons and no receipts; people answer by the same words as by SMS.
"""

import asyncio
import hmac
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import structlog
from fastapi import APIRouter, Request, Response
from pydantic import Field
from pydantic_settings import SettingsConfigDict

from services.notify.channels.bots import TIMEOUT_S, Bot, Refusals, Registration, read_refusal
from services.notify.channels.calling import NotReached
from services.notify.channels.channel import AddressKind, Outcome, Outgoing, Past
from services.notify.channels.fitting import Fitted, Fitting, Health
from services.notify.channels.inbound import Text
from services.notify.channels.spacing import Spacing
from shared.settings import ChannelSettings, load
from shared.web.api import ApiRoute
from shared.web.problems import Problem

log = structlog.get_logger()
LONGEST = 2000
IN_FLIGHT = 4
BATCH = 16
CHAT_S, ALL_S = 1.0, 0.05
"""Its limits are not published: as careful as with Telegram."""
HOOK = "/hooks/zalo_bot/events"

REFUSALS: Refusals = (
    (403, "", Outcome("permanent", "chat_closed", address_is_bad=True)),
    (400, "chat", Outcome("permanent", "chat_closed", address_is_bad=True)),
    (400, "too long", Outcome("permanent", "too_long")),
    (401, "", Outcome("permanent", "ours_to_fix")),
    (404, "", Outcome("permanent", "ours_to_fix")),
    (408, "", Outcome("temporary", "no_answer")),
    (429, "", Outcome("temporary", "too_fast")),
)
"""Its codes are HTTP's, as Telegram's are; the words of a description are read only where they tell a chat."""


class ZaloBotSettings(ChannelSettings):
    """`ZALO_BOT_TOKEN` and so on."""

    model_config = SettingsConfigDict(env_prefix="ZALO_BOT_")

    token: str = Field(pattern=r"^\d+:\S+$", description="what Zalo Bot Manager gave")
    name: str = Field(description="by which people find it")
    webhook_secret: str = Field(min_length=16, max_length=256)
    url: str = "https://bot-api.zaloplatforms.com"


class ZaloBot:
    """Texts to linked chats."""

    name = "zalo_bot"
    address_kind: AddressKind = "zalo_bot"
    two_way = True
    batch = BATCH
    lease_s = BATCH * CHAT_S + TIMEOUT_S * (BATCH / IN_FLIGHT) + 10

    def __init__(self, bot: Bot, called: str, spacing: Spacing) -> None:
        self.called = called
        self._bot = bot
        self._spacing = spacing
        self._places = asyncio.Semaphore(IN_FLIGHT)

    async def send(self, messages: Sequence[Outgoing]) -> Mapping[UUID, Outcome]:
        """Each message is a call of its own, a few at a time."""
        outcomes = await asyncio.gather(*(self._send(message) for message in messages))
        return dict(zip((message.id for message in messages), outcomes, strict=True))

    async def ask(self, messages: Sequence[UUID]) -> Mapping[UUID, Past]:
        """It does not tell."""
        return dict.fromkeys(messages, "unknown")

    async def check(self) -> Health:
        """Whether the token is good."""
        try:
            told = await self._bot.call("getMe", {})
        except NotReached as error:
            return Health("down", str(error))
        return Health("well") if told.ok else Health("down", f"getMe {told.code}")

    async def _send(self, message: Outgoing) -> Outcome:
        text = unicodedata.normalize("NFC", message.text)
        if len(text) > LONGEST:
            return Outcome("permanent", "too_long")
        await self._spacing.turn(message.address)
        async with self._places:
            try:
                told = await self._bot.call("sendMessage", {"chat_id": message.address, "text": text})
            except NotReached as error:
                return error.outcome
        if told.ok:
            return Outcome("sent", provider_id=_message_id(told.result))
        outcome = read_refusal(told, REFUSALS)
        if outcome.reason == "ours_to_fix":
            log.error("zalo_bot.ours_to_fix", code=told.code)
        return outcome


def fit(fitting: Fitting) -> Fitted:
    """Needs `ZALO_BOT_TOKEN`, `ZALO_BOT_NAME` and `ZALO_BOT_WEBHOOK_SECRET`."""
    settings = load(ZaloBotSettings)
    bot = Bot(settings.url, settings.token)
    channel = ZaloBot(bot, settings.name, Spacing(CHAT_S, ALL_S))
    webhook = {"url": f"{fitting.settings.public_url}{HOOK}", "secret_token": settings.webhook_secret}
    hook = Registration(bot, "zalo_bot", webhook)
    return Fitted(channel, _routes(fitting, settings.webhook_secret), hook.start, hook.stop, channel.check)


def _routes(fitting: Fitting, secret: str) -> APIRouter:
    router = APIRouter(route_class=ApiRoute, include_in_schema=False)

    @router.post(HOOK)
    async def take(request: Request) -> Response:
        """Answered only once it is kept."""
        given = request.headers.get("x-bot-api-secret-token", "")
        if not hmac.compare_digest(given.encode(), secret.encode()):
            raise Problem(401)
        if said := read_event(await request.json()):
            chat, key, text = said
            at = fitting.service.clock.now()
            async with fitting.service.store.begin() as unit:
                await fitting.inbound.texts(unit, [Text("zalo_bot", key, chat, text, at, "zalo_bot")])
        return Response(status_code=200)

    return router


def read_event(body: Any) -> tuple[str, str, str] | None:
    """Chat, message id and text of what somebody wrote in private; anything else is not for us.

    Some get `{ok, result: {event_name, message}}`, some what is within. A picture is an empty text.
    """
    event = body.get("result", body) if isinstance(body, dict) else None
    if not isinstance(event, dict) or not str(event.get("event_name", "")).startswith("message."):
        return None
    message = event.get("message")
    chat = message.get("chat") if isinstance(message, dict) else None
    if not isinstance(message, dict) or not isinstance(chat, dict):
        return None
    if chat.get("chat_type", "PRIVATE") != "PRIVATE" or not chat.get("id") or not message.get("message_id"):
        return None
    return str(chat["id"]), str(message["message_id"]), str(message.get("text") or "")


def _message_id(result: object) -> str | None:
    found = result.get("message_id") if isinstance(result, dict) else None
    return str(found) if found is not None else None
