"""`/sign-in` and `/sign-out`. A link only shows a button: what previews links for a chat must not use it up."""

from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from services.assign.teams.sign_in.store import look_at_link, use_link
from shared.clock import Clock
from shared.identity import SESSION_COOKIE, Principal, Role, Tokens
from shared.settings import Settings
from shared.store import Store
from shared.web.asking import Somebody
from shared.web.forms import same_origin
from shared.web.templates import Templates

SESSION_AGE_S = 7 * 24 * 3600
HOMES = {
    Role.OPERATOR: "/operator",
    Role.MEMBER: "/team",
    Role.SUPERVISOR: "/supervisor",
    Role.ADMINISTRATOR: "/supervisor",
}
"""The page on which each role works."""

templates = Templates(Path(__file__).parent)


def router(store: Store, tokens: Tokens, settings: Settings) -> APIRouter:
    """The pages, with links from `store` and sessions signed by `tokens`."""
    routes = APIRouter(include_in_schema=False, dependencies=[Depends(same_origin)])

    @routes.get("/sign-in", response_class=HTMLResponse)
    async def show(request: Request, somebody: Somebody, link: str | None = None) -> Response:
        if link is None:
            return templates.render(request, "welcome.html", who=somebody, home=_home(somebody))
        async with store.read() as connection:
            principal = await look_at_link(connection, link, Clock.wall())
        if principal is None:
            return templates.render(request, "used.html", status=410, home=_home(somebody))
        return templates.render(request, "enter.html", who=principal, link=link)

    @routes.post("/sign-in", response_class=HTMLResponse)
    async def enter(request: Request, somebody: Somebody, link: Annotated[str, Form()] = "") -> Response:
        async with store.begin() as unit:
            principal = await use_link(unit, link, Clock.wall())
        if principal is None:
            return templates.render(request, "used.html", status=410, home=_home(somebody))
        response = RedirectResponse(HOMES[principal.role], 303)
        secure = settings.public_url.startswith("https://")
        token = tokens.issue(principal)
        response.set_cookie(
            SESSION_COOKIE, token, SESSION_AGE_S, path="/", secure=secure, httponly=True, samesite="lax"
        )
        return response

    @routes.post("/sign-out")
    async def leave() -> Response:
        response = RedirectResponse("/sign-in", 303)
        response.delete_cookie(SESSION_COOKIE, path="/")
        return response

    return routes


def _home(somebody: Principal | None) -> str | None:
    return HOMES.get(somebody.role) if somebody else None
