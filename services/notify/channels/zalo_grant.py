"""An administrator lets us act for the Official Account: OAuth 2 with PKCE (RFC 7636), once, in a browser.

Zalo's console keeps one callback address and one challenge an app, so the verifier is the same each time: it is made
from the installation's key, and `POST /hooks/zalo/grant` shows what to enter there.
"""

import base64
import hashlib
import hmac
from urllib.parse import urlencode

import structlog
from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse
from itsdangerous import BadData, URLSafeTimedSerializer
from pydantic import BaseModel

from services.notify.channels.calling import NotReached
from services.notify.channels.zalo_tokens import App, Refused, Tokens
from shared.identity import Role
from shared.web.asking import SignedIn, has_role
from shared.web.languages import Translator, page_language

log = structlog.get_logger()
PATH = "/hooks/zalo/grant"
STATE_AGE_S = 15 * 60


class GrantWanted(BaseModel):
    """What to enter in Zalo's console, and the address to open in a browser."""

    url: str
    callback: str
    code_challenge: str


class Grants:
    """Makes the address of consent, and takes what comes back."""

    def __init__(self, app: App, oa_id: str, public_url: str, secret_key: str, tokens: Tokens) -> None:
        self._app = app
        self._oa_id = oa_id
        self._callback = f"{public_url}{PATH}"
        self._tokens = tokens
        self._signer = URLSafeTimedSerializer(secret_key, salt="caunoi.zalo.grant")
        key = hmac.new(secret_key.encode(), b"zalo verifier " + app.id.encode(), hashlib.sha256)
        self._verifier = _base64url(key.digest())

    def wanted(self) -> GrantWanted:
        """`state` is signed and lasts a quarter of an hour: nobody can have an administrator grant another account."""
        challenge = _base64url(hashlib.sha256(self._verifier.encode()).digest())
        query = {
            "app_id": self._app.id,
            "redirect_uri": self._callback,
            "code_challenge": challenge,
            "state": self._signer.dumps(self._app.id),
        }
        url = f"{self._app.oauth_url.rstrip('/')}/v4/oa/permission?{urlencode(query)}"
        return GrantWanted(url=url, callback=self._callback, code_challenge=challenge)

    async def take(self, code: str, oa_id: str, state: str) -> str:
        """Key of the words that say how it went."""
        try:
            self._signer.loads(state, max_age=STATE_AGE_S)
        except BadData:
            return "zalo.grant_too_old"
        if oa_id != self._oa_id:
            return "zalo.grant_of_another"
        try:
            await self._tokens.take(code, self._verifier)
        except (Refused, NotReached) as error:
            log.error("zalo.grant_refused", why=str(error))
            return "zalo.grant_refused"
        return "zalo.granted"


def grant_routes(grants: Grants) -> APIRouter:
    """`POST` for an administrator, `GET` for the browser that Zalo sends back."""
    router = APIRouter(include_in_schema=False)

    @router.post(PATH)
    async def want(principal: SignedIn) -> GrantWanted:
        has_role(principal, Role.ADMINISTRATOR)
        return grants.wanted()

    @router.get(PATH)
    async def take(request: Request, code: str = "", oa_id: str = "", state: str = "") -> PlainTextResponse:
        said = await grants.take(code, oa_id, state)
        status = 200 if said == "zalo.granted" else 400
        return PlainTextResponse(Translator(page_language(request))(said), status)

    return router


def _base64url(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()
