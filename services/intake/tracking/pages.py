"""`/t/`: where a request stands, in plain words, for whoever knows its code and the last four digits of the number.

The digits travel in the body of forms, never in an address.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from services.intake.requests.sent import SentPage
from services.intake.tracking.acting import Acting
from services.intake.tracking.actions import ACTIONS, possible
from services.intake.tracking.api import looked_up
from services.intake.tracking.assign import Outcome
from services.intake.tracking.shown import door_word, status_of, targets_of, team_of, timeline_of
from services.intake.tracking.store import Tracked
from shared.codes import parse_code
from shared.service import Service
from shared.web.forms import Nonces
from shared.web.languages import Translator, page_language
from shared.web.problems import Problem
from shared.web.templates import Templates

templates = Templates(Path(__file__).parent)


def router(service: Service, acting: Acting, sent: SentPage) -> APIRouter:
    pages = _Pages(service, acting, sent)
    routes = APIRouter(include_in_schema=False)
    for path in ("/t", "/t/"):
        routes.get(path, response_class=HTMLResponse)(pages.ask)
        routes.post(path, response_class=HTMLResponse)(pages.show)
    routes.get("/t/{code}", response_class=HTMLResponse)(pages.ask_for)
    routes.post("/t/{code}/{action}", response_class=HTMLResponse)(pages.act)
    routes.get("/t/{code}/{action}")(pages.ask_again)
    return routes


@dataclass(frozen=True)
class _Done:
    """What was just asked for, and what became of it."""

    action: str
    outcome: Outcome


class _Pages:
    def __init__(self, service: Service, acting: Acting, sent: SentPage) -> None:
        self._service = service
        self._acting = acting
        self._sent = sent
        self._nonces = Nonces(service.settings.secret_key)

    async def ask(self, request: Request) -> Response:
        """Asks for code and last four digits."""
        return _question(request, "")

    async def ask_for(self, request: Request, code: str, sent: str = "") -> Response:
        """The same with the code filled in; right after sending, what happens next."""
        known = parse_code(code)
        if known and sent and (page := await self._sent.show(request, known, sent)):
            return page
        return _question(request, known or "")

    async def ask_again(self, code: str, action: str) -> Response:
        """An address that was left in the browser after something was done."""
        return RedirectResponse(f"/t/{parse_code(code) or ''}", 303)

    async def show(self, request: Request) -> Response:
        """The ticket, where code and digits belong together."""
        form = await request.form()
        found = await self._look_up(request, str(form.get("code", "")), form)
        return self._ticket(request, found) if isinstance(found, Tracked) else found

    async def act(self, request: Request, code: str, action: str) -> Response:
        """Do something to the ticket, then show it with what became of that."""
        if action not in ACTIONS:
            raise Problem(404)
        form = await request.form()
        found = await self._look_up(request, code, form)
        if not isinstance(found, Tracked):
            return found
        outcome = await self._acting.do(request, found, action, form, _words(request))
        if outcome is Outcome.DONE:
            found = await self._acting.newer(found)
        return self._ticket(request, found, _Done(action, outcome))

    async def _look_up(self, request: Request, code: str, form: Mapping[str, Any]) -> Tracked | Response:
        t = _words(request)
        try:
            found = await looked_up(self._service, request, code, str(form.get("phone_last4", "")))
        except Problem as problem:
            said = t.text(problem.said) if problem.said else ""
            return _question(request, code, {"code": said}, problem.status, problem.headers)
        wrong = "wrong_pair" if parse_code(code) else "wrong_code"
        return found or _question(request, code, {"code": t(f"tracking.page.{wrong}")}, 404)

    def _ticket(self, request: Request, tracked: Tracked, done: _Done | None = None) -> Response:
        now = self._service.clock.now()
        state = status_of(tracked)
        return templates.render(
            request,
            "ticket.html",
            filed=tracked.request,
            state=state,
            targets=targets_of(tracked),
            team=team_of(tracked),
            member=tracked.member,
            word=door_word(tracked),
            timeline=timeline_of(tracked, now, _words(request)),
            possible=possible(tracked, state, now),
            nonce=self._nonces.new(),
            done=done,
        )


def _question(
    request: Request,
    code: str,
    errors: Mapping[str, str] | None = None,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Response:
    return templates.render(
        request, "look_up.html", status=status, headers=headers, code=code[:40], errors=errors or {}
    )


def _words(request: Request) -> Translator:
    return Translator(page_language(request))
