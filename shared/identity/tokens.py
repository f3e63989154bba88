"""Signed tokens (API) and sessions (cookie). Their age counts in real time, whatever the clock is set to."""

from datetime import timedelta
from typing import Annotated

from fastapi import Depends, Request
from itsdangerous import BadData, URLSafeTimedSerializer

from shared.identity.principal import Principal, Role
from shared.web.problems import Problem

TOKEN_AGE = timedelta(days=30)
SESSION_COOKIE = "caunoi_session"


class Tokens:
    """Makes and reads tokens with the installation's secret key."""

    def __init__(self, secret_key: str) -> None:
        self._signer = URLSafeTimedSerializer(secret_key, salt="caunoi.token")

    def issue(self, principal: Principal) -> str:
        return self._signer.dumps(principal.model_dump(mode="json", exclude_none=True))

    def read(self, token: str) -> Principal | None:
        """The principal, or None where the token is not ours, spoilt or too old."""
        try:
            return Principal.model_validate(self._signer.loads(token, max_age=int(TOKEN_AGE.total_seconds())))
        except (BadData, ValueError):
            return None


def principal_of(request: Request) -> Principal | None:
    """Who is asking: `Authorization: Bearer …`, else the session cookie. Expects `app.state.tokens`."""
    tokens: Tokens = request.app.state.tokens
    header = request.headers.get("authorization", "")
    if header:
        scheme, _, token = header.partition(" ")
        return tokens.read(token.strip()) if scheme.lower() == "bearer" else None
    cookie = request.cookies.get(SESSION_COOKIE)
    return tokens.read(cookie) if cookie else None


async def somebody(request: Request) -> Principal | None:
    """FastAPI dependency. A coroutine, since FastAPI sends a plain function to a thread of its own."""
    return principal_of(request)


async def signed_in(request: Request) -> Principal:
    """FastAPI dependency: 401 for nobody."""
    found = principal_of(request)
    if found is None:
        raise Problem(401)
    return found


def has_role(principal: Principal, *roles: Role) -> Principal:
    """The principal, where it has one of `roles`; else 404, as if nothing were there."""
    if principal.role not in roles:
        raise Problem(404)
    return principal


Somebody = Annotated[Principal | None, Depends(somebody)]
SignedIn = Annotated[Principal, Depends(signed_in)]
