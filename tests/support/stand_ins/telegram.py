"""Telegram's Bot API as https://core.telegram.org/bots/api describes it: checks every field, and can be rude."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.support.stand_ins.serving import Dropped, serving, silence

TOKEN = "8100000001:AAE-stand_in_token"
_SEND = {"chat_id", "text", "parse_mode", "disable_notification", "reply_markup"}
Refuses = Callable[[], Response] | None


def refused(code: int, description: str, **parameters: Any) -> Response:
    """As Telegram refuses."""
    body: dict[str, Any] = {"ok": False, "error_code": code, "description": description}
    return JSONResponse(body | ({"parameters": parameters} if parameters else {}), code)


def blocked() -> Response:
    return refused(403, "Forbidden: bot was blocked by the user")


def chat_not_found() -> Response:
    return refused(400, "Bad Request: chat not found")


def too_fast(seconds: int = 7) -> Response:
    return refused(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)


def not_allowed() -> Response:
    return refused(400, "Bad Request: not enough rights to send text messages to the chat")


@dataclass(slots=True)
class Sent:
    """A message on somebody's screen."""

    chat: str
    text: str
    id: int
    buttons: list[dict[str, str]] = field(default_factory=list)


class TelegramStandIn:
    """One bot and the people who started it."""

    def __init__(self) -> None:
        self.url = ""
        self.messages: list[Sent] = []
        self.answered: dict[str, dict[str, Any]] = {}
        self.too_old: set[str] = set()
        """Presses to which any answer comes too late."""
        self.webhook: dict[str, Any] | None = None
        self.waiting: list[dict[str, Any]] = []
        self.asked: list[dict[str, Any]] = []
        self.on_send: Refuses = None
        self.drops = self.is_silent = False
        self.other_poller = False
        self._last_update = 1000
        self._methods = {
            "getMe": self._get_me,
            "sendMessage": self._send_message,
            "answerCallbackQuery": self._answer_press,
            "editMessageReplyMarkup": self._edit_buttons,
            "setWebhook": self._set_webhook,
            "deleteWebhook": self._delete_webhook,
            "getUpdates": self._get_updates,
        }

    # What people do

    def writes(self, chat: int, text: str, kind: str = "private") -> dict[str, Any]:
        """Somebody writes to the bot; the update waits for a question, and may be posted to the webhook."""
        message = {
            "message_id": len(self.messages) + 500,
            "from": {"id": chat, "is_bot": False, "first_name": "An"},
            "chat": {"id": chat, "type": kind},
            "date": 1764046800,
            "text": text,
        }
        return self._update(message=message)

    def presses(self, chat: int, label: str) -> dict[str, Any]:
        """Somebody presses a button of the newest message that has it, on his own phone."""
        sent = next(m for m in reversed(self.messages) if any(b["text"] == label for b in m.buttons))
        data = next(b["callback_data"] for b in sent.buttons if b["text"] == label)
        return self.presses_data(chat, data, sent.id, int(sent.chat))

    def presses_data(self, chat: int, data: str, message: int, within: int) -> dict[str, Any]:
        press = {
            "id": f"press-{self._last_update}",
            "from": {"id": chat, "is_bot": False, "first_name": "An"},
            "chat_instance": "-3",
            "data": data,
            "message": {"message_id": message, "chat": {"id": within, "type": "private"}, "date": 1764046800},
        }
        return self._update(callback_query=press)

    def blocks(self, chat: int, status: str = "kicked") -> dict[str, Any]:
        member = {"chat": {"id": chat, "type": "private"}, "new_chat_member": {"status": status}}
        return self._update(my_chat_member=member)

    def _update(self, **what: Any) -> dict[str, Any]:
        self._last_update += 1
        update = {"update_id": self._last_update, **what}
        self.waiting.append(update)
        return update

    async def post(self, http: httpx.AsyncClient, update: dict[str, Any], secret: str | None = None) -> int:
        """Deliver an update to our webhook as Telegram does; the status it got."""
        headers = {"x-telegram-bot-api-secret-token": secret} if secret is not None else {}
        body = json.dumps(update).encode()  # every letter beyond ASCII as \u…, half a surrogate pair too
        headers["content-type"] = "application/json"
        return (await http.post("/hooks/telegram/updates", content=body, headers=headers)).status_code

    # What the bot does

    async def method(self, request: Request) -> Response:
        if request.path_params["token"] != TOKEN:
            return refused(401, "Unauthorized")
        if request.headers["content-type"] != "application/json":
            return refused(400, "Bad Request: unsupported content type")
        method = self._methods.get(request.path_params["method"])
        if method is None:
            return refused(404, "Not Found: method not found")
        return await method(await request.json())

    async def _get_me(self, _: dict[str, Any]) -> Response:
        return taken({"id": 8100000001, "is_bot": True, "username": "caunoi_bot"})

    async def _send_message(self, body: dict[str, Any]) -> Response:
        if self.is_silent:
            await silence()
        if self.on_send:
            return self.on_send()
        if (wrong := set(body) - _SEND) or not body.get("text"):
            return refused(400, f"Bad Request: message text is empty, or what is {wrong}")
        if len(body["text"]) > 4096:
            return refused(400, "Bad Request: message is too long")
        buttons = [button for row in body.get("reply_markup", {}).get("inline_keyboard", []) for button in row]
        for button in buttons:
            if not 1 <= len(button["callback_data"].encode()) <= 64:
                return refused(400, "Bad Request: BUTTON_DATA_INVALID")
        message = Sent(str(body["chat_id"]), body["text"], len(self.messages) + 1, buttons)
        self.messages.append(message)
        if self.drops:
            return Dropped()
        return taken({"message_id": message.id, "chat": {"id": body["chat_id"]}, "text": message.text})

    async def _answer_press(self, body: dict[str, Any]) -> Response:
        if len(body.get("text", "")) > 200:
            return refused(400, "Bad Request: MESSAGE_TOO_LONG")
        if body["callback_query_id"] in self.too_old:
            return refused(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
        self.answered[body["callback_query_id"]] = body
        return taken(True)

    async def _edit_buttons(self, body: dict[str, Any]) -> Response:
        message = self.messages[body["message_id"] - 1]
        if not message.buttons:
            return refused(400, "Bad Request: message is not modified")
        message.buttons = []
        return taken({"message_id": message.id})

    async def _set_webhook(self, body: dict[str, Any]) -> Response:
        if not body["url"].startswith("https://"):
            return refused(400, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook")
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", body.get("secret_token", "a")):
            return refused(400, "Bad Request: secret token contains unallowed characters")
        self.webhook = body
        return taken(True)

    async def _delete_webhook(self, _: dict[str, Any]) -> Response:
        self.webhook = None
        return taken(True)

    async def _get_updates(self, body: dict[str, Any]) -> Response:
        self.asked.append(body)
        if self.webhook:
            return refused(409, "Conflict: can't use getUpdates method while webhook is active")
        if self.other_poller:
            return refused(409, "Conflict: terminated by other getUpdates request; make sure that only one is running")
        offset = body.get("offset", 0)
        self.waiting = [update for update in self.waiting if update["update_id"] >= offset]
        if not self.waiting:
            await asyncio.sleep(0.05)  # it would hold the question for `timeout` seconds
        return taken(self.waiting[: body.get("limit", 100)])


def taken(result: Any) -> Response:
    return JSONResponse({"ok": True, "result": result})


@asynccontextmanager
async def telegram_stand_in() -> AsyncIterator[TelegramStandIn]:
    made = TelegramStandIn()
    app = Starlette(routes=[Route("/bot{token}/{method}", made.method, methods=["POST"])])
    async with serving(app) as made.url:
        yield made
