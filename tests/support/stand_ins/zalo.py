"""Zalo's three servers (oauth, OA messages, template messages) as their documentation and public clients describe them.

Errors come with HTTP 200. Tokens rotate: a refresh token is good once, and the access token before is refused then.
"""

import base64
import hashlib
import hmac
import json
import re
import unicodedata
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.support.stand_ins.serving import Dropped, serving, silence

APP_ID, APP_SECRET = "2511873360489012345", "app-secret-of-the-stand-in"
OA_ID, OA_SECRET = "3814657099001234567", "oa-secret-of-the-stand-in"
TEMPLATE = "301234"


@dataclass(frozen=True, slots=True)
class Shown:
    """What stands on somebody's screen: a text in a chat, or a template on a phone."""

    to: str
    text: str
    data: dict[str, str]
    id: str
    tracking: str = ""


def error(code: int, words: str = "") -> Response:
    """HTTP 200 with an error inside."""
    return JSONResponse({"error": code, "message": words or f"error {code}"})


def later() -> Response:
    return error(-200, "Send message failed")


class ZaloStandIn:
    """One app, one Official Account, and people with Zalo."""

    def __init__(self) -> None:
        self.url = ""
        self.shown: list[Shown] = []
        self.access = self.refresh = ""
        self.pairs = 0
        self.refreshes: list[str] = []
        """Refresh tokens that were offered, good or not."""
        self.grant_dies = False
        self.on_refresh: Callable[[], Response] | None = None
        self.on_chat: Callable[[], Response] | None = None
        self.on_template: Callable[[], Response] | None = None
        self.drops = self.is_silent = False
        self.calls: list[str] = []
        self._challenge = self._code = ""

    # Tokens

    def consent(self, url: str) -> dict[str, str]:
        """An administrator opens the address of consent and says yes: what the browser brings back."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        assert set(query) == {"app_id", "redirect_uri", "code_challenge", "state"} and query["app_id"] == APP_ID
        assert urlsplit(url).path == "/v4/oa/permission"
        self._challenge, self._code = query["code_challenge"], "a-code-for-ten-minutes"
        return {"code": self._code, "oa_id": OA_ID, "state": query["state"]}

    def grant(self) -> dict[str, str]:
        """A new pair; the one before is no longer good."""
        self.pairs += 1
        self.access, self.refresh = f"access-token-{self.pairs}", f"refresh-token-{self.pairs}"
        return {"access_token": self.access, "refresh_token": self.refresh, "expires_in": "90000"}

    async def token(self, request: Request) -> Response:
        if request.headers["content-type"] != "application/x-www-form-urlencoded":
            return error(-14001, "Invalid content type")
        if request.headers.get("secret_key") != APP_SECRET:
            return self._oauth_error(-14004, "Invalid secret key")
        form = {name: str(value) for name, value in (await request.form()).items()}
        if form.pop("app_id", "") != APP_ID:
            return self._oauth_error(-14002, "Invalid app id")
        match form.pop("grant_type", ""):
            case "authorization_code":
                return self._first_pair(form)
            case "refresh_token":
                return self._next_pair(form)
        return self._oauth_error(-14005, "Invalid grant type")

    def _first_pair(self, form: dict[str, str]) -> Response:
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        good = set(form) == {"code", "code_verifier"} and 43 <= len(form["code_verifier"]) <= 128
        if not good or form["code"] != self._code or challenge != self._challenge:
            return self._oauth_error(-14019, "Invalid code")
        self._code = ""
        return JSONResponse(self.grant())

    def _next_pair(self, form: dict[str, str]) -> Response:
        self.refreshes.append(form["refresh_token"])
        if self.on_refresh:
            return self.on_refresh()
        if self.grant_dies or set(form) != {"refresh_token"} or form["refresh_token"] != self.refresh:
            return self._oauth_error(-14014, "Invalid refresh token")
        return JSONResponse(self.grant())

    def _oauth_error(self, code: int, name: str) -> Response:
        return JSONResponse({"error": code, "error_name": name, "error_reason": name, "error_description": name})

    def _refuses(self, request: Request, code: int) -> Response | None:
        token = request.headers.get("access_token", "")
        proof = hmac.new(APP_SECRET.encode(), token.encode(), hashlib.sha256).hexdigest()
        if "authorization" in request.headers or token != self.access:
            return error(code, "Access token is invalid")
        if request.headers.get("appsecret_proof", proof) != proof:
            return error(-242, "appsecret_proof is invalid")
        return None

    # Messages

    async def chat(self, request: Request) -> Response:
        self.calls.append("chat")
        if refused := self._refuses(request, -216):
            return refused
        if self.is_silent:
            await silence()
        if self.on_chat:
            return self.on_chat()
        body = await request.json()
        text = body["message"]["text"]
        if set(body) != {"recipient", "message"} or set(body["recipient"]) != {"user_id"} or not text:
            return error(-201, "params is invalid")
        if len(text) > 2000 or unicodedata.normalize("NFC", text) != text:
            return error(-201, "text is too long")
        return self._show(Shown(body["recipient"]["user_id"], text, {}, f"c{len(self.shown)}"), "message_id")

    async def template(self, request: Request) -> Response:
        self.calls.append("template")
        if refused := self._refuses(request, -124):
            return refused
        if self.on_template:
            return self.on_template()
        body = await request.json()
        if wrong := _wrong_in(body):
            return error(wrong)
        return self._show(
            Shown(body["phone"], "", body["template_data"], f"t{len(self.shown)}", body["tracking_id"]),
            "msg_id",
            quota={"dailyQuota": "500", "remainingQuota": "499"},
            sending_mode="1",
        )

    async def quota(self, request: Request) -> Response:
        refused = self._refuses(request, -124)
        return refused or JSONResponse({"error": 0, "message": "Success", "data": {"dailyQuota": "500"}})

    async def status(self, request: Request) -> Response:
        if refused := self._refuses(request, -124):
            return refused
        known = any(shown.id == request.query_params["message_id"] for shown in self.shown)
        return JSONResponse({"error": 0, "message": "Success", "data": {"status": 1 if known else -1}})

    def _show(self, shown: Shown, id_name: str, **more: Any) -> Response:
        self.shown.append(shown)
        if self.drops:
            return Dropped()
        data = {id_name: shown.id, "sent_time": "1764046800000", **more}
        return JSONResponse({"error": 0, "message": "Success", "data": data})

    # What it tells us

    async def post(
        self,
        http: httpx.AsyncClient,
        at_ms: int,
        event: dict[str, Any],
        *,
        secret: str = OA_SECRET,
        changed: bool = False,
    ) -> int:
        """An event as Zalo posts it, signed over its very bytes (`changed`: somebody altered them on the way)."""
        event = {"app_id": APP_ID, "timestamp": str(at_ms), **event}
        raw = json.dumps(event, ensure_ascii=False, separators=(", ", ":")).encode()
        mac = hashlib.sha256(APP_ID.encode() + raw + str(at_ms).encode() + secret.encode()).hexdigest()
        headers = {"x-zevent-signature": f"mac={mac}", "content-type": "application/json"}
        body = raw.replace(b"NHAN", b"XONG") if changed else raw
        return (await http.post("/hooks/zalo/events", content=body, headers=headers)).status_code


def _wrong_in(body: dict[str, Any]) -> int | None:
    """The code of the first thing that is wrong with a template message."""
    data = body.get("template_data", {})
    wrong = {
        -112: set(body) - {"phone", "template_id", "template_data", "tracking_id", "sending_mode", "mode"}
        or len(body["tracking_id"]) > 48,
        -108: not re.fullmatch(r"84\d{9}", body["phone"]),
        -109: body["template_id"] != TEMPLATE,
        -1122: set(data) != {"viec", "noi"} or not all(data.values()),
        -1121: len(data.get("viec", "")) > 10 or len(data.get("noi", "")) > 40,
    }
    return next((code for code, is_wrong in wrong.items() if is_wrong), None)


def wrote(user: int | str, text: str, id: str) -> dict[str, Any]:
    """Somebody wrote. Ids come as text or as numbers beyond 2^53."""
    return {
        "event_name": "user_send_text",
        "user_id_by_app": "8877",
        "sender": {"id": user},
        "recipient": {"id": OA_ID},
        "message": {"msg_id": id, "text": text},
    }


def followed(user: str, name: str = "follow") -> dict[str, Any]:
    return {"event_name": name, "oa_id": OA_ID, "follower": {"id": user}, "source": "oa_profile"}


def received(shown: Shown, *, flat: bool = False) -> dict[str, Any]:
    """A template is on its phone."""
    message = {"msg_id": shown.id, "tracking_id": shown.tracking, "delivery_time": "1764046805000"}
    event = {"event_name": "user_received_message", "sender": {"id": OA_ID}, "recipient": {"id": shown.to}}
    return event | message if flat else event | {"message": message}


@asynccontextmanager
async def zalo_stand_in() -> AsyncIterator[ZaloStandIn]:
    made = ZaloStandIn()
    routes = [
        Route("/v4/oa/access_token", made.token, methods=["POST"]),
        Route("/v3.0/oa/message/cs", made.chat, methods=["POST"]),
        Route("/message/template", made.template, methods=["POST"]),
        Route("/message/quota", made.quota),
        Route("/message/status", made.status),
    ]
    async with serving(Starlette(routes=routes)) as made.url:
        yield made
