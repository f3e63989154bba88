"""No body over the limit is read, whether its length is announced or not."""

from collections.abc import Mapping

from fastapi import Request
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.web.languages import say
from shared.web.problems import Problem, problem_response

LIMIT = 64 * 1024


class BodyLimit:
    """ASGI: 413 beyond `limit` bytes; `uploads` gives the beginnings of paths that may take more, with their limits."""

    def __init__(self, app: ASGIApp, limit: int = LIMIT, uploads: Mapping[str, int] | None = None) -> None:
        self.app = app
        self.limit = limit
        self.uploads = uploads or {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        limit = self._limit(scope["path"])
        announced = Headers(scope=scope).get("content-length", "0")
        if not announced.isdigit() or int(announced) > limit:
            response = problem_response(Request(scope, receive), _too_large(limit))
            await response(scope, receive, send)
            return
        await self.app(scope, _counted(receive, limit), send)

    def _limit(self, path: str) -> int:
        return next((limit for start, limit in self.uploads.items() if path.startswith(start)), self.limit)


def _counted(receive: Receive, limit: int) -> Receive:
    read = 0

    async def counted() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read > limit:
            raise _too_large(limit)  # caught where the app handles its problems
        return message

    return counted


def _too_large(limit: int) -> Problem:
    return Problem(413, say("problem.detail.413", limit=limit // 1024), headers={"Connection": "close"})
