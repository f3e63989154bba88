"""The program that answers under `/static/`: a closed list of files, right types, long caching."""

import re

from fastapi import Request
from starlette.responses import FileResponse, Response
from starlette.types import Receive, Scope, Send

from shared.web.problems import Problem, problem_response
from shared.web.static import content_hash, static_file

_HASHED = re.compile(r"^(?P<stem>.+)\.(?P<hash>[0-9a-f]{10})(?P<suffix>\.\w+)$")
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    ".png": "image/png",
}
_FOR_EVER = "public, max-age=31536000, immutable"
_FOR_A_DAY = "public, max-age=86400"


class StaticFiles:
    """ASGI, to mount at `static.PREFIX`."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = self._answer(Request(scope, receive))
        await response(scope, receive, send)

    def _answer(self, request: Request) -> Response:
        if request.method not in ("GET", "HEAD"):
            return problem_response(request, Problem(405, headers={"Allow": "GET, HEAD"}))
        name = request.url.path.rpartition("/")[2]
        match = _HASHED.match(name)
        path = static_file(match["stem"] + match["suffix"] if match else name)
        if path is None:
            return problem_response(request, Problem(404))
        current = match is not None and match["hash"] == content_hash(path)
        return FileResponse(
            path,
            media_type=_TYPES.get(path.suffix, "application/octet-stream"),
            headers={"Cache-Control": _FOR_EVER if current else _FOR_A_DAY},
        )
