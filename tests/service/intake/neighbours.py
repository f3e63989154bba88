"""Another service as intake sees it: real HTTP on a port, answers as told, remembers what it was asked."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Self

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from deploy.local.ports import free_port

WhenAsked = Callable[[str, str], Awaitable[None]]


class Neighbour:
    """assign or notify."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.status = 201
        """With which acts on tickets are answered."""
        self.problem = ""
        """Why it is not ready."""
        self.nearest: list[dict[str, Any]] = []
        self.asked: list[tuple[str, str, dict[str, Any]]] = []
        """(code, action, body) of each act."""
        self.headers: list[dict[str, str]] = []
        self.when_asked: WhenAsked | None = None
        app = Starlette(
            routes=[
                Route("/readyz", self._readyz),
                Route("/api/v1/teams/nearest", self._nearest),
                Route("/api/v1/tickets/{code}/{action}", self._act, methods=["POST"]),
            ]
        )
        self._server = uvicorn.Server(uvicorn.Config(app, port=self.port, log_config=None, lifespan="off"))
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._server.serve())
        while not self._server.started:
            await asyncio.sleep(0.01)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._server.force_exit = True
        if self._task:
            await self._task

    async def _readyz(self, _: Request) -> Response:
        return JSONResponse({self.name: self.problem or "ok"}, 503 if self.problem else 200)

    async def _nearest(self, request: Request) -> Response:
        self.headers.append(dict(request.headers))
        return JSONResponse(self.nearest)

    async def _act(self, request: Request) -> Response:
        code, action = request.path_params["code"], request.path_params["action"]
        self.asked.append((code, action, await request.json()))
        self.headers.append(dict(request.headers))
        if self.when_asked:
            await self.when_asked(code, action)
        return JSONResponse({}, self.status)
