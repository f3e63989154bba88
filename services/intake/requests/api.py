"""`POST /api/v1/requests`. The hot path: the body is read once, the answer written by hand, nothing in between."""

import hashlib
import json
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from fastapi import FastAPI, Request, Response
from fastapi.routing import APIRoute
from pydantic import BaseModel, ValidationError
from starlette.routing import request_response

from services.intake.requests.desk import Desk
from services.intake.requests.draft import Draft
from services.intake.requests.filing import KEY_AGE, Key
from services.intake.requests.store import Filed
from shared.clock import Clock
from shared.web.api import strict_json
from shared.web.languages import say
from shared.web.problems import Problem, invalid, reader_language


class Targets(BaseModel):
    """Until when the request is to be accepted and resolved."""

    response_due: datetime
    resolution_due: datetime


class Receipt(BaseModel):
    """What the sender keeps: the code names the ticket from now on."""

    id: UUID
    code: str
    status: str
    submitted_at: datetime
    targets: Targets
    tracking_url: str


_IN = {"requestBody": {"required": True, "content": {"application/json": {"schema": Draft.model_json_schema()}}}}
_KEY_HEADER = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Makes a retry the same request; kept 24 hours. The same key with another body is refused.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255},
}
_OPENAPI: dict[str, Any] = {**_IN, "parameters": [_KEY_HEADER]}


class LeanRoute(APIRoute):
    """A route that hands its endpoint the request as it is: no parameters to solve, nothing to write out.

    Half of what FastAPI costs on this path; the description of the API keeps it.
    """

    def __init__(self, path: str, endpoint: Callable[[Request], Awaitable[Response]], **options: Any) -> None:
        super().__init__(path, endpoint, **options)
        self.app = request_response(endpoint)


def install(app: FastAPI, desk: Desk, clock: Clock, public_url: str) -> None:
    """Add the route, in front of all others: each of them would be asked first whether the request is its own."""

    async def file_request(request: Request) -> Response:
        """File a request for help. The answer comes after the commit: it is kept for ever, and on its way to a team."""
        body = await request.body()
        draft, key = _read(request, body, clock.now())
        return Response(_receipt(await desk.take(request, draft, key), public_url), 201, media_type="application/json")

    route = LeanRoute(
        "/api/v1/requests",
        file_request,
        methods=["POST"],
        status_code=201,
        response_class=Response,
        responses={201: {"model": Receipt}},
        tags=["requests"],
        openapi_extra=_OPENAPI,
    )
    app.router.routes.insert(0, route)


def _read(request: Request, body: bytes, now: datetime) -> tuple[Draft, Key | None]:
    content = strict_json(body)
    try:
        draft = Draft.model_validate(content)
    except ValidationError as error:
        raise invalid(error, reader_language(request)) from None
    return draft, _key(request, content, now)


def _key(request: Request, content: Any, now: datetime) -> Key | None:
    text = request.headers.get("idempotency-key")
    if text is None:
        return None
    if not 0 < len(text.strip()) <= 255:
        raise Problem(422, errors={"Idempotency-Key": say("requests.key_invalid")})
    return Key(f"api:{text.strip()}", _fingerprint(content), now + KEY_AGE)


def _fingerprint(content: Any) -> bytes:
    """Of the content, however its JSON is written."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).digest()


def _receipt(filed: Filed, public_url: str) -> bytes:
    return orjson.dumps(
        {
            "id": str(filed.id),
            "code": filed.code,
            "status": "new",
            "submitted_at": filed.submitted_at,
            "targets": {"response_due": filed.response_due, "resolution_due": filed.resolution_due},
            "tracking_url": f"{public_url}/t/{filed.code}",
        },
        option=orjson.OPT_UTC_Z,
    )
