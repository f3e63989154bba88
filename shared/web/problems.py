"""Errors as RFC 9457 says, in the reader's language: `application/problem+json`, or a page for a browser.

Anywhere below a route:

    raise Problem(404)
    raise Problem(422, errors={"commune_code": say("requests.unknown_commune")})
    raise Problem(409, say("tickets.taken_already"), ticket=shown)
"""

from collections.abc import Mapping
from typing import Any

import structlog
from asyncpg import PostgresError
from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import ValidationError
from sqlalchemy.exc import DBAPIError
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.requests import ClientDisconnect

from shared.store.outage import is_no_text, is_outage
from shared.web.languages import Said, Translator, caller_language, page_language, say
from shared.web.sentences import validation_errors
from shared.web.templates import Templates

MEDIA_TYPE = "application/problem+json"
_UNREADABLE_BODY = "There was an error parsing the body"  # FastAPI's words for a body that no parser took
_log = structlog.get_logger()
_CHALLENGE = {"WWW-Authenticate": "Bearer"}  # RFC 9110, 15.5.2: a 401 says how to sign in
_templates = Templates()


class Problem(HTTPException):
    """What went wrong. `detail` and each error is a sentence, or what `say` made; further members travel as given."""

    def __init__(
        self,
        status: int,
        detail: Said | str | None = None,
        *,
        title: Said | str | None = None,
        errors: Mapping[str, Said | str] | None = None,
        headers: dict[str, str] | None = None,
        **members: Any,
    ) -> None:
        super().__init__(status, headers=_CHALLENGE | (headers or {}) if status == 401 else headers)
        self.status = status
        self.said = detail
        self.title = title
        self.errors = errors or {}
        self.members = members

    def in_language(self, t: Translator) -> dict[str, Any]:
        """The problem's members as they are sent; `type` is the status's own meaning, `about:blank`."""
        content: dict[str, Any] = {
            "type": "about:blank",
            "title": t.text(self.title) if self.title else _by_status("title", self.status, t),
            "status": self.status,
            "detail": t.text(self.said) if self.said else _by_status("detail", self.status, t),
        }
        if self.errors:
            content["errors"] = [{"field": field, "problem": t.text(said)} for field, said in self.errors.items()]
        return content | self.members


def invalid(error: ValidationError | RequestValidationError, t: Translator) -> Problem:
    """A 422 that has a sentence for each wrong field."""
    return Problem(422, errors=validation_errors(error.errors(), t))


def wants_page(request: Request) -> bool:
    """A browser asks for a page, not for data."""
    return not request.url.path.startswith("/api/") and "text/html" in request.headers.get("accept", "")


def reader_language(request: Request) -> Translator:
    """The words for whoever reads the answer, a person before a page or a program."""
    return Translator(page_language(request) if wants_page(request) else caller_language(request))


def problem_response(request: Request, problem: Problem) -> Response:
    """The problem in the form that the caller can read."""
    content = problem.in_language(reader_language(request))
    status, headers = problem.status, dict(problem.headers or {})
    if request.headers.get("hx-request") == "true":
        headers |= {"HX-Retarget": "#problem", "HX-Reswap": "innerHTML"}
        return _templates.render(request, "problem_notice.html", status=status, headers=headers, problem=content)
    if wants_page(request):
        return _templates.render(request, "problem.html", status=status, headers=headers, problem=content)
    return JSONResponse(jsonable_encoder(content), status, headers, MEDIA_TYPE)


def install_problems(app: FastAPI) -> None:
    """Let every error of `app` leave as a problem."""
    app.add_exception_handler(StarletteHTTPException, _on_http)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(ClientDisconnect, _on_gone)
    app.add_exception_handler(DBAPIError, _on_store)
    app.add_exception_handler(PostgresError, _on_store)
    app.add_exception_handler(Exception, _on_fault)


async def _on_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, StarletteHTTPException)
    if isinstance(error, Problem):
        return problem_response(request, error)
    if error.status_code == 400 and error.detail == _UNREADABLE_BODY:
        return problem_response(request, Problem(422, errors={"body": say("validation.unreadable")}))
    headers = dict(error.headers) if error.headers else None
    return problem_response(request, Problem(error.status_code, headers=headers))


async def _on_invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    return problem_response(request, invalid(error, reader_language(request)))


async def _on_gone(request: Request, _: Exception) -> Response:
    """Whoever asked went away in the middle of it, as phones do: no fault of ours, and nobody reads the answer."""
    _log.info("web.caller_gone", path=request.url.path)
    return Response(status_code=400)


async def _on_store(_: Request, error: Exception) -> Response:
    """What no check of ours has seen: a NUL or half a character somewhere in the address or the body."""
    if is_no_text(error):
        raise Problem(422, say("validation.text_nul")) from None
    raise error


async def _on_fault(request: Request, error: Exception) -> Response:
    if is_outage(error):
        _log.warning("web.store_away", kind=type(error).__name__)
        return problem_response(request, Problem(503, headers={"Retry-After": "1"}))
    _log.error("web.fault", path=request.url.path, kind=type(error).__name__, exc_info=error)
    return problem_response(request, Problem(500))


def _by_status(part: str, status: int, t: Translator) -> str:
    key = f"problem.{part}.{status}"
    return t(key if t.has(key) else f"problem.{part}.other")
