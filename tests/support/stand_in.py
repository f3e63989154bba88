"""A stand-in for a service: speaks what the supervisor, the gateway and `caunoi clock` need, and nothing more.

    python -m tests.support.stand_in intake

`STAND_IN_TIMERS` holds seconds from the start at which something is due, by service: {"assign": [60, 120]}. What fired
is appended to `fired` in the data folder, with the time that the clock then showed.
"""

import asyncio
import json
import os
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from deploy.local.clock_file import read_offset

NAME = sys.argv[1] if len(sys.argv) > 1 else "intake"
HOME = Path(os.environ.get("CAUNOI_HOME", "."))
WORK_S = 0.05
"""How long a due thing takes: long enough that a hasty clock would overtake it."""


class Timers:
    """Things that are due, the way a cycle over rows would have them."""

    def __init__(self) -> None:
        self.offset = read_offset(Path(os.environ["CLOCK_FILE"])).total_seconds()
        began = time.time() + self.offset
        self.due = sorted(began + s for s in json.loads(os.environ.get("STAND_IN_TIMERS", "{}")).get(NAME, []))
        self.working = False

    def now(self) -> float:
        return time.time() + self.offset

    async def run(self) -> None:
        while True:
            if self.due and self.due[0] <= self.now():
                await self._fire()
            await asyncio.sleep(0.005)

    async def _fire(self) -> None:
        self.working = True
        await asyncio.sleep(WORK_S)
        with (HOME / "fired").open("a") as file:
            file.write(f"{NAME} {self.due.pop(0):.3f} {self.now():.3f}\n")
        self.working = False


timers = Timers()


async def readyz(_: Request) -> Response:
    return JSONResponse({"intake": "ok", "assign": "ok", "notify": "ok", "bus": "ok"})


async def due(_: Request) -> Response:
    next_due = timers.due[0] if timers.due else None
    return JSONResponse({"now": _iso(timers.now()), "next_due": _iso(next_due), "busy": timers.working})


async def set_clock(request: Request) -> Response:
    timers.offset = (await request.json())["offset_s"]
    return JSONResponse({"now": _iso(timers.now())})


async def links(_: Request) -> Response:
    roles = ("operator", "member", "commune_supervisor", "province_supervisor")
    return JSONResponse([{"role": role, "name": "Nguyễn Văn A", "url": f"/sign-in/{role}-once"} for role in roles], 201)


async def stream(_: Request) -> Response:
    async def ticks() -> AsyncIterator[str]:
        for number in range(100):
            yield f"data: {number}\n\n"
            await asyncio.sleep(0.1)

    return StreamingResponse(ticks(), media_type="text/event-stream")


async def echo(request: Request) -> Response:
    """What arrived: by which way, from whom, how much."""
    body = await request.body()
    seen: dict[str, Any] = {"service": NAME, "path": request.url.path, "bytes": len(body), "pid": os.getpid()}
    seen["headers"] = dict(request.headers)
    if request.url.path == "/page":
        return PlainTextResponse("Xin chào bà con. " * 200)
    return JSONResponse(seen)


async def slow(request: Request) -> Response:
    """Counts its calls before it takes its time."""
    with (HOME / "slow").open("a") as file:
        file.write(f"{request.method}\n")
    await asyncio.sleep(2)
    return JSONResponse({"pid": os.getpid()})


def _iso(moment: float | None) -> str | None:
    from datetime import UTC, datetime

    return datetime.fromtimestamp(moment, UTC).isoformat() if moment else None


async def main() -> None:
    routes = [
        Route("/readyz", readyz),
        Route("/simulator/timers", due),
        Route("/simulator/clock", set_clock, methods=["PUT"]),
        Route("/simulator/sign-in-links", links, methods=["POST"]),
        Route("/stream", stream),
        Route("/slow", slow, methods=["GET", "POST"]),
        Route("/{path:path}", echo, methods=["GET", "POST", "PUT"]),
    ]
    port = int(os.environ["HTTP_PORT"])
    config = uvicorn.Config(Starlette(routes=routes), port=port, log_level="warning", timeout_graceful_shutdown=2)
    firing = asyncio.create_task(timers.run())
    await uvicorn.Server(config).serve()
    firing.cancel()


if __name__ == "__main__":
    asyncio.run(main())
