"""Telegram's Bot API (10.1). Blocked by order in Vietnam since 21 May 2025: for use elsewhere, never the only channel.

https://core.telegram.org/bots/api. No receipts, no key against doubles: what got no answer may have arrived.
"""

import asyncio
import hmac
from collections.abc import Mapping, Sequence
from typing import Any, Literal
from uuid import UUID

import structlog
from fastapi import APIRouter, Request, Response
from pydantic import Field
from pydantic_settings import SettingsConfigDict

from services.notify.channels.bots import TIMEOUT_S, Bot, Refusals, Registration, read_refusal
from services.notify.channels.calling import NotReached
from services.notify.channels.channel import AddressKind, Outcome, Outgoing, Past
from services.notify.channels.fitting import Fitted, Fitting, Health
from services.notify.channels.spacing import Spacing
from services.notify.channels.telegram_buttons import keyboard
from services.notify.channels.telegram_polling import Polling
from services.notify.channels.telegram_updates import ALLOWED, Updates
from shared.settings import ChannelSettings, SettingsError, load
from shared.web.api import ApiRoute
from shared.web.problems import Problem

log = structlog.get_logger()
LONGEST = 4096
IN_FLIGHT = 8
BATCH = 16
CHAT_S, ALL_S = 1.0, 1 / 30
HOOK = "/hooks/telegram/updates"

REFUSALS: Refusals = (
    (403, "", Outcome("permanent", "chat_closed", address_is_bad=True)),
    (400, "chat not found", Outcome("permanent", "chat_closed", address_is_bad=True)),
    (400, "user not found", Outcome("permanent", "chat_closed", address_is_bad=True)),
    (400, "too long", Outcome("permanent", "too_long")),
    (401, "", Outcome("permanent", "ours_to_fix")),
    (404, "", Outcome("permanent", "ours_to_fix")),
    (429, "", Outcome("temporary", "too_fast")),
)
"""403: blocked, deactivated, or never started. 401 and 404: the token is wrong; SMS carries it until it is mended."""


class TelegramSettings(ChannelSettings):
    """`TELEGRAM_TOKEN` and so on."""

    model_config = SettingsConfigDict(env_prefix="TELEGRAM_")

    token: str = Field(pattern=r"^\d+:[A-Za-z0-9_-]+$", description="what @BotFather gave")
    bot: str = Field(description="the bot's name, by which people find it: @caunoi_bot")
    url: str = "https://api.telegram.org"
    updates: Literal["poll", "webhook"] = "poll"
    webhook_secret: str | None = Field(default=None, pattern=r"^[A-Za-z0-9_-]{16,256}$")


class Telegram:
    """Texts with buttons to linked chats."""

    name = "telegram"
    address_kind: AddressKind = "telegram"
    two_way = True
    batch = BATCH
    lease_s = BATCH * CHAT_S + TIMEOUT_S * (BATCH / IN_FLIGHT) + 10

    def __init__(self, bot: Bot, called: str, spacing: Spacing) -> None:
        self.called = called
        self._bot = bot
        self._spacing = spacing
        self._places = asyncio.Semaphore(IN_FLIGHT)

    async def send(self, messages: Sequence[Outgoing]) -> Mapping[UUID, Outcome]:
        """Each message is a call of its own, a few at a time, one a second to a chat."""
        outcomes = await asyncio.gather(*(self._send(message) for message in messages))
        return dict(zip((message.id for message in messages), outcomes, strict=True))

    async def ask(self, messages: Sequence[UUID]) -> Mapping[UUID, Past]:
        """Nothing at Telegram tells."""
        return dict.fromkeys(messages, "unknown")

    async def check(self) -> Health:
        """Whether the token is good."""
        try:
            told = await self._bot.call("getMe", {})
        except NotReached as error:
            return Health("down", str(error))
        return Health("well") if told.ok else Health("down", f"getMe {told.code}")

    async def _send(self, message: Outgoing) -> Outcome:
        if len(message.text) > LONGEST:
            return Outcome("permanent", "too_long")
        payload: dict[str, Any] = {"chat_id": message.address, "text": message.text}
        if buttons := keyboard(message):
            payload["reply_markup"] = buttons
        await self._spacing.turn(message.address)
        async with self._places:
            try:
                told = await self._bot.call("sendMessage", payload)
            except NotReached as error:
                return error.outcome
        if told.ok:
            return Outcome("sent", provider_id=_message_id(told.result))
        outcome = read_refusal(told, REFUSALS)
        if outcome.reason == "ours_to_fix":
            log.error("telegram.ours_to_fix", code=told.code)
        return outcome


def fit(fitting: Fitting) -> Fitted:
    """Needs `TELEGRAM_TOKEN`, `TELEGRAM_BOT`, and by webhook `TELEGRAM_WEBHOOK_SECRET`."""
    settings = load(TelegramSettings)
    service = fitting.service
    bot = Bot(settings.url, settings.token)
    channel = Telegram(bot, settings.bot, Spacing(CHAT_S, ALL_S))
    updates = Updates(bot, service.store, service.clock, fitting.inbound)
    if settings.updates == "poll":
        polling = Polling(bot, service.store, updates)
        return Fitted(channel, start=polling.start, stop=polling.stop, check=channel.check)
    if not settings.webhook_secret:
        raise SettingsError("Settings are wrong. TELEGRAM_WEBHOOK_SECRET: is needed where TELEGRAM_UPDATES is webhook.")
    webhook = {
        "url": f"{fitting.settings.public_url}{HOOK}",
        "secret_token": settings.webhook_secret,
        "allowed_updates": ALLOWED,
    }
    hook = Registration(bot, "telegram", webhook)
    return Fitted(channel, _routes(updates, settings.webhook_secret), hook.start, hook.stop, channel.check)


def _routes(updates: Updates, secret: str) -> APIRouter:
    router = APIRouter(route_class=ApiRoute, include_in_schema=False)

    @router.post(HOOK)
    async def take(request: Request) -> Response:
        """Answered only once it is kept: all but 2xx is sent again."""
        given = request.headers.get("x-telegram-bot-api-secret-token", "")
        if not hmac.compare_digest(given.encode(), secret.encode()):
            raise Problem(401)
        await updates.take([await request.json()])
        return Response(status_code=200)

    return router


def _message_id(result: object) -> str | None:
    found = result.get("message_id") if isinstance(result, dict) else None
    return str(found) if found is not None else None
