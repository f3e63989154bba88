"""Zalo Bot's API as its documentation and public clients describe it."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.support.stand_ins.serving import Dropped, serving, silence

TOKEN = "1234567890123456789:stand_in-token"


def refused(code: int, description: str) -> Response:
    return JSONResponse({"ok": False, "error_code": code, "description": description}, code)


def too_fast() -> Response:
    return refused(429, "Too Many Requests")


def no_chat() -> Response:
    return refused(400, "Bad Request: chat not found")


def not_allowed() -> Response:
    return refused(400, "Bad Request: content violates the rules")


class ZaloBotStandIn:
    """One bot and those who wrote to it."""

    def __init__(self) -> None:
        self.url = ""
        self.messages: list[tuple[str, str]] = []
        self.webhook: dict[str, Any] | None = None
        self.on_send: Callable[[], Response] | None = None
        self.drops = self.is_silent = False
        self._written = 0

    def writes(self, chat: str, text: str | None, *, wrapped: bool, kind: str = "PRIVATE") -> dict[str, Any]:
        """What is posted to us when somebody writes: in an envelope, or bare. None is a picture."""
        self._written += 1
        message = {
            "from": {"id": chat, "display_name": "An", "is_bot": False},
            "chat": {"id": chat, "chat_type": kind},
            "message_id": f"2d758cb5e222177a4e{self._written}",
            "date": 1764046800000,
        }
        name = "message.text.received" if text is not None else "message.image.received"
        event = {"event_name": name, "message": message | ({"text": text} if text is not None else {"photo": "…"})}
        return {"ok": True, "result": event} if wrapped else event

    async def method(self, request: Request) -> Response:
        if request.path_params["token"] != TOKEN:
            return refused(401, "Unauthorized")
        body = await request.json()
        match request.path_params["method"]:
            case "getMe":
                return taken({"id": "1234567890123456789", "account_name": "bot.caunoi", "account_type": "BASIC"})
            case "setWebhook":
                return self._set_webhook(body)
            case "sendMessage":
                return await self._send(body)
        return refused(404, "Not Found")

    def _set_webhook(self, body: dict[str, Any]) -> Response:
        if not body["url"].startswith("https://") or not 8 <= len(body["secret_token"]) <= 256:
            return refused(400, "Bad Request: url and secret_token are required")
        self.webhook = body
        return taken({"url": body["url"], "updated_at": 1764046800000})

    async def _send(self, body: dict[str, Any]) -> Response:
        if self.is_silent:
            await silence()
        if self.on_send:
            return self.on_send()
        if set(body) - {"chat_id", "text", "parse_mode"} or not isinstance(body["chat_id"], str):
            return refused(400, "Bad Request: unknown parameters")
        if not 1 <= len(body["text"]) <= 2000:
            return refused(400, "Bad Request: text must have 1 to 2000 characters")
        self.messages.append((body["chat_id"], body["text"]))
        if self.drops:
            return Dropped()
        return taken({"message_id": f"b2fa8d{len(self.messages)}", "date": 1764046800000})


def taken(result: Any) -> Response:
    return JSONResponse({"ok": True, "result": result})


@asynccontextmanager
async def zalo_bot_stand_in() -> AsyncIterator[ZaloBotStandIn]:
    made = ZaloBotStandIn()
    app = Starlette(routes=[Route("/bot{token}/{method}", made.method, methods=["POST"])])
    async with serving(app) as made.url:
        yield made
