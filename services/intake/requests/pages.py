"""The form at `/`: plain HTML, one-time nonce, everything typed is kept; and the page after sending."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import ValidationError

from services.intake.catalogue.memory import Catalogue
from services.intake.requests.desk import Desk
from services.intake.requests.draft import Draft
from services.intake.requests.filing import NONCE_AGE, Key
from services.intake.requests.form import Typed, commune_choices, draft_values, typed, village_choices
from services.intake.requests.receipts import Receipts
from services.intake.requests.store import Filed
from shared.clock import local
from shared.service import Service
from shared.web.forms import Nonces
from shared.web.languages import Translator, page_language
from shared.web.problems import Problem
from shared.web.sentences import validation_errors
from shared.web.templates import Templates

templates = Templates(Path(__file__).parent)


def router(service: Service, catalogue: Catalogue, desk: Desk) -> APIRouter:
    """The resident's pages of this room."""
    pages = _Pages(service, catalogue, desk)
    routes = APIRouter(include_in_schema=False)
    routes.get("/", response_class=HTMLResponse)(pages.empty_form)
    routes.post("/")(pages.send)
    routes.get("/t/added", response_class=HTMLResponse)(pages.added)
    return routes


class _Pages:
    def __init__(self, service: Service, catalogue: Catalogue, desk: Desk) -> None:
        self._service = service
        self._catalogue = catalogue
        self._desk = desk
        self._nonces = Nonces(service.settings.secret_key)
        self._receipts = Receipts(service.settings.secret_key)

    async def empty_form(self, request: Request) -> Response:
        """A fresh form; `?category=` and `?commune_code=` may fill it in (a poster in the village)."""
        return self._form(request, typed(request.query_params))

    async def send(self, request: Request) -> Response:
        """File what was typed, or show it again with what is asked, wrong or unsure."""
        form = typed(await request.form())
        if form["step"]:
            return self._form(request, form)
        nonce = self._nonces.read(form["nonce"])
        try:
            draft = await self._draft(request, form)
            if nonce is None:
                return self._form(
                    request, replace(form, errors={"nonce": _words(request)("requests.form.too_old")}), 422
                )
            key = Key(f"nonce:{nonce}", b"", self._service.clock.now() + NONCE_AGE)
            return await self._file(request, form, draft, key)
        except Problem as problem:
            if problem.status not in (422, 429):
                raise
            return self._form(request, _with_problem(form, problem, _words(request)), problem.status)

    async def added(self, request: Request, sent: str = "") -> Response:
        """After adding to an earlier request, for one who was not shown its code."""
        receipt = self._receipts.read(sent)
        if receipt is None:
            raise Problem(404)
        return templates.render(request, "added.html")

    async def _draft(self, request: Request, form: Typed) -> Draft:
        """Problem 422: fields are missing or wrong, or what they name is not there."""
        values = draft_values(form, "web")
        if joined := self._receipts.read_join(form["add_to"]):
            values["add_to"] = await self._desk.code_of(joined)
        try:
            draft = Draft.model_validate(values)
        except ValidationError as error:
            raise Problem(422, errors=dict(validation_errors(error.errors(), _words(request)))) from None
        self._desk.checked(draft)
        return draft

    async def _file(self, request: Request, form: Typed, draft: Draft, key: Key) -> Response:
        alike = await self._desk.open_alike(draft) if draft.add_to is None and not form["new"] else None
        filed = await self._desk.filed_before(key)  # after the other look: of a page pressed twice the first is no twin
        if alike and filed is None:
            return self._form(request, form, alike=self._receipts.join(alike.id))
        return self._sent(form, filed or await self._desk.take(request, draft, key))

    def _sent(self, form: Typed, filed: Filed) -> Response:
        """The code is no secret of its own; whoever was offered to add to a request has not proven to know it."""
        sent = self._receipts.issue(filed.id)
        hidden = self._receipts.read_join(form["add_to"]) is not None
        return RedirectResponse(f"/t/added?sent={sent}" if hidden else f"/t/{filed.code}?sent={sent}", 303)

    def _form(self, request: Request, form: Typed, status: int = 200, alike: str | None = None) -> Response:
        self._desk.must_know_places()
        day = local(self._service.clock.now()).date()
        commune = self._catalogue.commune(form["commune_code"], day)
        language = page_language(request)
        nonce = form["nonce"] if self._nonces.read(form["nonce"]) else self._nonces.new()
        return templates.render(
            request,
            "ask.html",
            status=status,
            typed=form,
            errors=form.errors,
            nonce=nonce,
            alike=alike,
            step=form["step"],
            locates=True,
            categories=[(each.code, each.name(language)) for each in self._catalogue.categories],
            communes=commune_choices(self._catalogue, day, form),
            commune=commune,
            villages=village_choices(self._catalogue.villages_of(commune)) if commune else [],
        )


def _with_problem(form: Typed, problem: Problem, t: Translator) -> Typed:
    errors: dict[str, Any] = {name: t.text(said) for name, said in problem.errors.items()}
    if not errors and problem.said:
        errors["nonce"] = t.text(problem.said)
    return replace(form, errors=errors)


def _words(request: Request) -> Translator:
    return Translator(page_language(request))
