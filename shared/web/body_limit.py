"""No body over the limit is kept, whether its length is announced or not; its sender is told so.

Who is answered and cut off in the middle of its body may never read the answer: what it still sends makes the system
reset the connection, and a gateway in between then speaks of a bad gateway. So the rest is read and thrown away first,
up to a bound.
"""

from collections.abc import Mapping

from fastapi import Request
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.web.languages import say
from shared.web.problems import Problem, problem_response

LIMIT = 64 * 1024
THROWN_AWAY = 1024 * 1024
"""Bytes that are read beyond a limit at most. The gateway's own limits lie in between: deploy/gateway/Caddyfile."""


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
            await _throw_away(receive, limit + THROWN_AWAY)
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
            if message.get("more_body"):
                await _throw_away(receive, THROWN_AWAY)
            raise _too_large(limit)  # caught where the app handles its problems
        return message

    return counted


async def _throw_away(receive: Receive, most: int) -> None:
    """Read on until the body ends, its sender leaves, or more than `most` bytes came."""
    more = True
    while more and most >= 0:
        message = await receive()
        most -= len(message.get("body", b""))
        more = message.get("more_body", False)


def _too_large(limit: int) -> Problem:
    return Problem(413, say("problem.detail.413", limit=limit // 1024), headers={"Connection": "close"})
