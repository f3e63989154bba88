"""Who asks: routes take `SignedIn` or `Somebody`."""

from typing import Annotated

from fastapi import Depends, Request

from shared.identity import SESSION_COOKIE, Principal, Role, Tokens
from shared.web.problems import Problem


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
