"""intake served over HTTP for a browser: a thread with its own loop, the communes of a whole province, no bus."""

import asyncio
import threading
import time
from collections.abc import Coroutine, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import uvicorn

from services.assign.places.duties import DUTIES
from shared.events.envelope import Event
from shared.vietnam.communes import communes
from tests.service.intake.neighbours import Neighbour
from tests.service.intake.world import PROVINCE, World, category, promise, unit, village, world

BUON_MA_THUOT = "24133@2025-07-01"


class Served:
    """A running intake, and a way to let things happen in it."""

    def __init__(self, url: str, made: World, assign: Neighbour, loop: asyncio.AbstractEventLoop) -> None:
        self.url = url
        self.world = made
        self.assign = assign
        self._loop = loop

    def do(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Run `work` beside the server; its result."""
        return self.begin(work).result(30)

    def set_clock(self, now: datetime) -> None:
        self._loop.call_soon_threadsafe(self.world.clock.set_now, now)

    def begin(self, work: Coroutine[Any, Any, Any]) -> "Future[Any]":
        """Start `work` beside the server."""
        return asyncio.run_coroutine_threadsafe(work, self._loop)


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
    async with Neighbour("assign") as assign, world(dsn, assign_url=assign.url) as made:
        await made.tell(*whole_province())
        server = uvicorn.Server(uvicorn.Config(made.service.app, port=0, log_config=None, lifespan="off"))
        serving = asyncio.create_task(server.serve())
        while not server.started:
            await asyncio.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        ready.append(Served(f"http://127.0.0.1:{port}", made, assign, asyncio.get_running_loop()))
        while not over.is_set():
            await asyncio.sleep(0.05)
        server.should_exit = server.force_exit = True
        await serving


def whole_province() -> list[Event]:
    """Đắk Lắk's 102 communes, the ten duties, and thirty villages in one commune."""
    events: list[Event] = [unit(PROVINCE, "Đắk Lắk", "Tỉnh Đắk Lắk", kind="province", revision=2)]
    for each in communes("66"):
        former = list(each.former_names)
        events.append(unit(each.key, each.name, each.full_name, revision=2, lat=each.lat, lon=each.lon, former=former))
    for number, duty in enumerate(DUTIES, start=1):
        events.append(category(duty.code, duty.name_vi, duty.name_en, number, revision=2, urgent=duty.urgent))
        events.append(promise(duty.code, revision=2, response_s=duty.response_s, urgent=duty.urgent))
    events += [village(f"b-{n}", f"Thôn {n}", BUON_MA_THUOT, former_commune=f"Xã cũ {n % 4}") for n in range(30)]
    return events
