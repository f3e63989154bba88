"""assign served over HTTP for a browser: a thread with its own loop over a test's world, no bus."""

import asyncio
import threading
import time
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn

from shared.identity import Principal
from tests.support.assign import World
from tests.support.assign_web import desk_of


class Served:
    """A running assign, and a way to let things happen in it."""

    def __init__(self, url: str, world: World, token: Any, loop: asyncio.AbstractEventLoop) -> None:
        self.url = url
        self.world = world
        self._token = token
        self._loop = loop

    def do(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Run `work` beside the server; its result."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    def session(self, who: Principal) -> str:
        """What a browser keeps of somebody who has signed in."""
        return self._token(who)


@contextmanager
def serve(dsn: str) -> Iterator[Served]:
    """Serve until the end of the block."""
    ready: list[Served] = []
    over = threading.Event()
    thread = threading.Thread(target=lambda: asyncio.run(_run(dsn, ready, over)), daemon=True)
    thread.start()
    while not ready and thread.is_alive():
        time.sleep(0.02)
    yield ready[0]
    over.set()
    thread.join(10)


async def _run(dsn: str, ready: list[Served], over: threading.Event) -> None:
    world = await World(dsn).begin()
    desk = desk_of(world, dsn)
    server = uvicorn.Server(uvicorn.Config(desk.service.app, port=0, log_config=None, lifespan="off"))
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    token = desk.service.tokens.issue
    ready.append(Served(f"http://127.0.0.1:{port}", world, token, asyncio.get_running_loop()))
    while not over.is_set():
        await asyncio.sleep(0.05)
    server.should_exit = server.force_exit = True
    await serving
    await desk.client.aclose()
    await world.close()
