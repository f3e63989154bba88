"""`/operator`: a call from the number to the answer, by keyboard, on one screen.

The caller's number travels in the bodies of forms, never in an address; a ticket's code may stand in one.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated

import structlog
from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import ValidationError

from services.intake.operator.correction import correct_request
from services.intake.operator.screen import Done, Screen
from services.intake.requests.desk import Desk
from services.intake.requests.draft import Draft
from services.intake.requests.filing import NONCE_AGE, Key
from services.intake.requests.form import Typed, draft_values, typed
from services.intake.requests.store import Request as Filed
from services.intake.requests.store import first_request
from services.intake.tracking.assign import Assign
from services.intake.tracking.store import Tracked, track
from shared.codes import parse_code
from shared.identity import Principal, Role
from shared.service import Service
from shared.web.asking import SignedIn, has_role
from shared.web.forms import same_origin
from shared.web.languages import Translator, page_language, say
from shared.web.problems import Problem
from shared.web.sentences import validation_errors

log = structlog.get_logger()
LOOKS, LOOK_S = 8, 0.1
"""After filing, the team is waited for that often before the screen is shown; then the screen asks by itself."""


def operator(principal: SignedIn) -> Principal:
    """Only operators see these pages; to others they are not there."""
    return has_role(principal, Role.OPERATOR, Role.ADMINISTRATOR)


Operator = Annotated[Principal, Depends(operator)]


def router(service: Service, desk: Desk, screen: Screen, assign: Assign) -> APIRouter:
    routes = APIRouter(prefix="/operator", include_in_schema=False, dependencies=[Depends(same_origin)])
    calls = _Calls(service, desk, screen, assign)
    routes.get("", response_class=HTMLResponse)(calls.begin)
    routes.post("", response_class=HTMLResponse)(calls.file)
    routes.post("/caller", response_class=HTMLResponse)(calls.caller)
    routes.post("/outlook", response_class=HTMLResponse)(calls.outlook)
    routes.get("/requests/{code}", response_class=HTMLResponse)(calls.filed)
    routes.get("/requests/{code}/answer", response_class=HTMLResponse)(calls.answer)
    routes.get("/requests/{code}/correction", response_class=HTMLResponse)(calls.begin_correction)
    routes.post("/requests/{code}/correction", response_class=HTMLResponse)(calls.correct)
    routes.post("/requests/{code}/{action}", response_class=HTMLResponse)(calls.act)
    return routes


class _Calls:
    def __init__(self, service: Service, desk: Desk, screen: Screen, assign: Assign) -> None:
        self._service = service
        self._desk = desk
        self._screen = screen
        self._assign = assign

    async def begin(self, request: Request, who: Operator) -> Response:
        """An empty form, the focus in the caller's number."""
        return await self._screen.form(request, who, Typed({}))

    async def caller(self, request: Request, who: Operator) -> Response:
        """The caller's tickets, while the number is typed."""
        return await self._screen.caller_part(request, typed(await request.form()))

    async def outlook(self, request: Request, who: Operator) -> Response:
        """The nearest teams and the promise, while the form is filled in."""
        return await self._screen.outlook_part(request, typed(await request.form()), who)

    async def file(self, request: Request, who: Operator) -> Response:
        """File the request, or look again at what stands in the form."""
        form = typed(await request.form())
        if form["step"] == "place":
            form = await self._screen.with_place(form)
        if form["step"]:
            return await self._screen.form(request, who, form)
        nonce = self._screen.nonces.read(form["nonce"])
        try:
            draft = _draft(request, form)
            if nonce is None:
                raise Problem(422, errors={"nonce": say("requests.form.too_old")})
            key = Key(f"nonce:{nonce}", b"", self._service.clock.now() + NONCE_AGE)
            filed = await self._desk.take(request, draft, key)
        except Problem as problem:
            return await self._again(request, who, form, problem)
        await self._settled(filed.code)
        return RedirectResponse(f"/operator/requests/{filed.code}", 303)

    async def filed(self, request: Request, code: str, who: Operator) -> Response:
        """What was written down, and the answer to say aloud."""
        return await self._screen.filed(request, who, await self._tracked(code))

    async def answer(self, request: Request, code: str, who: Operator) -> Response:
        """The answer alone: the screen asks for it until a team was asked."""
        return await self._screen.answer_part(request, await self._tracked(code))

    async def begin_correction(self, request: Request, code: str, who: Operator) -> Response:
        """The form filled in with what was written down."""
        filed = await self._first(code)
        return await self._screen.form(request, who, _as_typed(filed), correcting=filed)

    async def correct(self, request: Request, code: str, who: Operator) -> Response:
        """Take the corrected facts; 409 with them still in the form where somebody was faster."""
        form, filed = typed(await request.form()), await self._first(code)
        if form["step"]:
            return await self._screen.form(request, who, form, correcting=filed)
        revision = _revision(form["revision"])
        try:
            checked = self._desk.checked(_draft(request, form))
            async with self._service.store.begin() as unit:
                now = self._service.clock.now()
                if not await correct_request(unit, filed, revision, checked, who.id, now):
                    raise Problem(409, errors={"nonce": say("operator.corrected_meanwhile")})
        except Problem as problem:
            return await self._again(request, who, form, problem, filed)
        log.info("request.corrected", ticket=filed.code, by=who.id)
        return RedirectResponse(f"/operator/requests/{filed.code}", 303)

    async def act(self, request: Request, code: str, action: str, who: Operator) -> Response:
        """Cancel or reopen for the caller; assign decides."""
        if action not in ("cancellation", "reopening"):
            raise Problem(404)
        form, tracked = typed(await request.form()), await self._tracked(code)
        reason = form["text"].strip()[:500] or Translator("vi")(f"operator.reason.{action}")
        token = self._service.tokens.issue(who)
        outcome = await self._assign.do(tracked.request.code, action, {"reason": reason}, token=token)
        return await self._screen.filed(request, who, await self._tracked(code), Done(action, outcome))

    async def _again(
        self, request: Request, who: Principal, form: Typed, problem: Problem, correcting: Filed | None = None
    ) -> Response:
        """The form once more, with what is wrong beside the fields."""
        if problem.status not in (409, 422, 429):
            raise problem
        t = Translator(page_language(request))
        errors = {name: t.text(said) for name, said in problem.errors.items()}
        return await self._screen.form(request, who, replace(form, errors=errors), problem.status, correcting)

    async def _settled(self, code: str) -> None:
        for _ in range(LOOKS):
            if (await self._tracked(code)).status:
                return
            await asyncio.sleep(LOOK_S)

    async def _tracked(self, code: str) -> Tracked:
        async with self._service.store.read() as connection:
            found = await track(connection, parse_code(code) or "")
        if found is None:
            raise Problem(404)
        return found

    async def _first(self, code: str) -> Filed:
        async with self._service.store.read() as connection:
            found = await first_request(connection, parse_code(code) or "")
        if found is None:
            raise Problem(404)
        return found


def _draft(request: Request, form: Typed) -> Draft:
    try:
        return Draft.model_validate(draft_values(form, "hotline"))
    except ValidationError as error:
        words = Translator(page_language(request))
        raise Problem(422, errors=dict(validation_errors(error.errors(), words))) from None


def _revision(text: str) -> int:
    """What is no revision of ours fits no request."""
    return int(text) if text.isdecimal() and len(text) < 10 else -1


def _as_typed(filed: Filed) -> Typed:
    """A filed request as it would stand in the form."""
    values: Mapping[str, object] = {
        **filed.model_dump(include={"category", "description", "phone", "requester_name", "village_id", "language"}),
        "commune_code": filed.commune.partition("@")[0],
        "lat": filed.lat,
        "lon": filed.lon,
        "revision": filed.revision,
    }
    return Typed({name: str(value) for name, value in values.items() if value is not None})
