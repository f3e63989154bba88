"""JSON in, read strictly: `APIRouter(route_class=ApiRoute)`.

A name given twice, NaN, a number no computer should swallow, bytes that are no UTF-8: 422, before any model sees them.
"""

import json
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute

from shared.web.languages import say
from shared.web.problems import Problem


class ApiRoute(APIRoute):
    """A route whose body is read by `strict_json`."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handler = super().get_route_handler()

        async def read_strictly(request: Request) -> Response:
            return await handler(_StrictRequest(request.scope, request.receive))

        return read_strictly


class _StrictRequest(Request):
    async def json(self) -> Any:
        if not hasattr(self, "_json"):
            self._json = strict_json(await self.body())
        return self._json


def strict_json(body: bytes) -> Any:
    """The JSON value in `body`. Problem 422: not JSON in UTF-8, too deep, NaN or infinity, a name twice."""
    try:
        return json.loads(body.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise Problem(422, errors={"body": say("validation.unreadable")}) from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names: dict[str, Any] = dict(pairs)
    if len(names) < len(pairs):
        seen: set[str] = set()
        twice = next(name for name, _ in pairs if name in seen or seen.add(name))
        raise Problem(422, errors={twice: say("validation.repeated")})
    return names


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")
