"""Zalo: what people here have. A chat with our Official Account, or a registered template by phone.

Somebody who wrote to the account within seven days is answered in the chat. Else, where the alert has a template (ZNS,
since 2026 "ZBS Template Message"), it goes to his phone's Zalo. Else it is refused, and an SMS carries it.
https://developers.zalo.me/docs/official-account, https://zalo.cloud
"""

import asyncio
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import structlog
from fastapi import APIRouter
from pydantic import Field
from pydantic_settings import SettingsConfigDict

from services.notify.channels import calling, zalo_store
from services.notify.channels.calling import Answer, NotReached
from services.notify.channels.channel import AddressKind, Outcome, Outgoing, Past
from services.notify.channels.fitting import Fitted, Fitting, Health
from services.notify.channels.provider_names import provider_names
from services.notify.channels.zalo_codes import CHAT, CHAT_REFRESH, TEMPLATE, TEMPLATE_REFRESH, read_code
from services.notify.channels.zalo_grant import Grants, grant_routes
from services.notify.channels.zalo_hook import hook_routes
from services.notify.channels.zalo_templates import Template, Unfit, fill, load_templates
from services.notify.channels.zalo_tokens import App, Tokens
from services.notify.contacts.store import mark_address
from shared.settings import ChannelSettings, load
from shared.store import Store

log = structlog.get_logger()
TIMEOUT_S = 10.0
LONGEST = 2000
IN_FLIGHT = 8
BATCH = 32
WINDOW = timedelta(days=7)
KEEP_EVERY_S = 600.0


class ZaloSettings(ChannelSettings):
    """`ZALO_APP_ID` and so on."""

    model_config = SettingsConfigDict(env_prefix="ZALO_")

    app_id: str = Field(pattern=r"^\d+$")
    app_secret: str = Field(min_length=8)
    oa_id: str = Field(pattern=r"^\d+$", description="the Official Account that grants us its rights")
    oa_name: str = Field(description="by which people find it")
    webhook_secret: str = Field(min_length=8, description="the account's secret key, of the webhook settings")
    templates: Path | None = Field(default=None, description="a TOML file; see channels/zalo_templates.py")
    development: bool = Field(default=False, description="templates go to the account's administrators only")
    oauth_url: str = "https://oauth.zaloapp.com"
    chat_url: str = "https://openapi.zalo.me"
    template_url: str = "https://business.openapi.zalo.me"


class Zalo:
    """Texts to chats, templates to phones."""

    name = "zalo"
    address_kind: AddressKind = "zalo"
    two_way = True
    batch = BATCH
    lease_s = 6 * TIMEOUT_S * (BATCH / IN_FLIGHT) + 20
    """A message costs six calls at most: by chat, by template, each again with a new token."""

    def __init__(
        self,
        settings: ZaloSettings,
        tokens: Tokens,
        store: Store,
        templates: Mapping[str, Template],
    ) -> None:
        self.called = settings.oa_name
        self.reaches_by_phone = bool(templates)
        self._settings = settings
        self._tokens = tokens
        self._store = store
        self._templates = templates
        self.timeout_s = TIMEOUT_S
        self._client = calling.client(TIMEOUT_S)
        self._places = asyncio.Semaphore(IN_FLIGHT)

    async def send(self, messages: Sequence[Outgoing]) -> Mapping[UUID, Outcome]:
        """Each message is a call of its own, a few at a time."""
        try:
            token = await self._tokens.current()
        except NotReached as error:
            return dict.fromkeys((message.id for message in messages), error.outcome)
        async with self._store.read() as connection:
            visits = await zalo_store.visits(connection, {m.address for m in messages if m.address})
        outcomes = await asyncio.gather(*(self._send(one, visits.get(one.address), token) for one in messages))
        return dict(zip((message.id for message in messages), outcomes, strict=True))

    async def ask(self, messages: Sequence[UUID]) -> Mapping[UUID, Past]:
        """Asked by Zalo's own id, which is known where a receipt came: a sender that died had not kept it."""
        async with self._store.read() as connection:
            known = await provider_names(connection, self.name, messages)
        past: dict[UUID, Past] = dict.fromkeys(messages, "unknown")
        for message, name in known.items():
            if await self._was_taken(name):
                past[message] = "sent"
        return past

    async def check(self) -> Health:
        """Whether we may act, and whether templates may be sent."""
        health = await self._tokens.check()
        if health.state != "well" or not self._templates:
            return health
        try:
            url = f"{self._settings.template_url}/message/quota"
            answer = await self._call(await self._tokens.current(), url, TEMPLATE_REFRESH, verb="GET")
        except NotReached as error:
            return Health("down", str(error))
        code = answer.body.get("error")
        return health if code == 0 else Health("ailing", f"templates: {code}")

    async def close(self) -> None:
        await self._client.aclose()
        await self._tokens.close()

    async def _send(self, message: Outgoing, visited: datetime | None, token: str) -> Outcome:
        template = self._templates.get(message.template or "") if message.phone else None
        async with self._places:
            try:
                if message.address and visited and message.at - visited < WINDOW:
                    outcome = await self._by_chat(message, token)
                    if template is None or outcome.reason not in ("no_window", "chat_closed"):
                        return outcome
                    if outcome.address_is_bad:
                        await self._mark_bad(message.address)
                if template:
                    return await self._by_template(message, template, token)
            except NotReached as error:
                return error.outcome
        return Outcome("permanent", "no_window" if message.address else "no_address")

    async def _by_chat(self, message: Outgoing, token: str) -> Outcome:
        text = unicodedata.normalize("NFC", message.text)
        if len(text) > LONGEST:
            return Outcome("permanent", "too_long")
        body = {"recipient": {"user_id": message.address}, "message": {"text": text}}
        url = f"{self._settings.chat_url}/v3.0/oa/message/cs"
        answer = await self._call(token, url, CHAT_REFRESH, json=body)
        return _outcome(answer, CHAT, "message_id")

    async def _by_template(self, message: Outgoing, template: Template, token: str) -> Outcome:
        try:
            data = fill(template, message.slots)
        except Unfit as error:
            log.error("zalo.template_unfit", template=message.template, why=str(error))
            return Outcome("permanent", "template_data")
        body: dict[str, Any] = {
            "phone": message.phone.removeprefix("+"),
            "template_id": template.id,
            "template_data": data,
            "tracking_id": str(message.id),
        }
        if self._settings.development:
            body["mode"] = "development"
        url = f"{self._settings.template_url}/message/template"
        answer = await self._call(token, url, TEMPLATE_REFRESH, json=body)
        return _outcome(answer, TEMPLATE, "msg_id")

    async def _call(self, token: str, url: str, refresh: frozenset[int], verb: str = "POST", **request: Any) -> Answer:
        """With this token; with a new one, once, where Zalo refuses it."""
        answer = await self._call_with(token, verb, url, request)
        if answer.body.get("error") in refresh:
            answer = await self._call_with(await self._tokens.renewed(token), verb, url, request)
        return answer

    async def _call_with(self, token: str, verb: str, url: str, request: Mapping[str, Any]) -> Answer:
        headers = {"access_token": token, "appsecret_proof": self._tokens.proof(token)}
        return await calling.call(self._client, self.timeout_s, url, verb=verb, headers=headers, **request)

    async def _was_taken(self, name: str) -> bool:
        """`status` of a template message: -1 unknown, 0 pushed, 1 delivered."""
        url = f"{self._settings.template_url}/message/status"
        try:
            token = await self._tokens.current()
            answer = await self._call(token, url, TEMPLATE_REFRESH, verb="GET", params={"message_id": name})
        except NotReached:
            return False
        data = answer.body.get("data")
        return answer.body.get("error") == 0 and isinstance(data, dict) and data.get("status") in (0, 1)

    async def _mark_bad(self, address: str) -> None:
        async with self._store.begin() as unit:
            await mark_address(unit, "zalo", address, is_bad=True)


def fit(fitting: Fitting) -> Fitted:
    """Needs `ZALO_APP_ID`, `_APP_SECRET`, `_OA_ID`, `_OA_NAME`, `_WEBHOOK_SECRET`; the grant comes later."""
    settings, service = load(ZaloSettings), fitting.service
    app = App(settings.app_id, settings.app_secret, settings.oauth_url)
    tokens = Tokens(app, service.store)
    channel = Zalo(settings, tokens, service.store, load_templates(settings.templates))
    grants = Grants(app, settings.oa_id, fitting.settings.public_url, fitting.settings.secret_key, tokens)
    routes = APIRouter()
    routes.include_router(hook_routes(fitting, settings.app_id, settings.webhook_secret))
    routes.include_router(grant_routes(grants))
    service.cycle("zalo-grant", tokens.keep, net_s=KEEP_EVERY_S)
    return Fitted(channel, routes, stop=channel.close, check=channel.check)


def _outcome(answer: Answer, known: Mapping[int, Outcome], id_name: str) -> Outcome:
    """An error stands in the body, whatever the HTTP status."""
    code, data = answer.body.get("error"), answer.body.get("data")
    if code == 0:
        id = data.get(id_name) if isinstance(data, dict) else None
        return Outcome("sent", provider_id=str(id) if id else None)
    if not isinstance(code, int):
        return Outcome("temporary", f"http_{answer.status}")
    outcome = read_code(code, known)
    if outcome.reason == "ours_to_fix":
        log.error("zalo.ours_to_fix", code=code)
    return outcome
