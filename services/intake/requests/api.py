"""`POST /api/v1/requests`. The hot path: the body is read once, the answer is written by hand, nothing in between."""

import hashlib
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ValidationError

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


def router(desk: Desk, clock: Clock, public_url: str) -> APIRouter:
    """The route, for a desk that files and the address at which residents follow."""
    routes = APIRouter(prefix="/api/v1", tags=["requests"])

    @routes.post(
        "/requests",
        status_code=201,
        response_class=Response,
        responses={201: {"model": Receipt}},
        openapi_extra=_OPENAPI,
    )
    async def file_request(request: Request) -> Response:
        """File a request for help. The answer comes after the commit: it is kept for ever, and on its way to a team."""
        body = await request.body()
        filed = await desk.take(request, _draft(request, body), _key(request, body, clock.now()))
        return Response(_receipt(filed, public_url), 201, media_type="application/json")

    return routes


def _draft(request: Request, body: bytes) -> Draft:
    try:
        return Draft.model_validate(strict_json(body))
    except ValidationError as error:
        raise invalid(error, reader_language(request)) from None


def _key(request: Request, body: bytes, now: datetime) -> Key | None:
    text = request.headers.get("idempotency-key")
    if text is None:
        return None
    if not 0 < len(text.strip()) <= 255:
        raise Problem(422, errors={"Idempotency-Key": say("requests.key_invalid")})
    return Key(f"api:{text.strip()}", _fingerprint(body), now + KEY_AGE)


def _fingerprint(body: bytes) -> bytes:
    """Of the content, however its JSON is written."""
    return hashlib.sha256(orjson.dumps(strict_json(body), option=orjson.OPT_SORT_KEYS)).digest()


def _receipt(filed: Filed, public_url: str) -> bytes:
    return orjson.dumps(
        {
            "id": filed.id,
            "code": filed.code,
            "status": "new",
            "submitted_at": filed.submitted_at,
            "targets": {"response_due": filed.response_due, "resolution_due": filed.resolution_due},
            "tracking_url": f"{public_url}/t/{filed.code}",
        },
        option=orjson.OPT_UTC_Z,
    )
