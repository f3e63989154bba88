"""What all three services are alike: an app, a store, a bus, cycles, and the routes that every service has.

def build(settings: Settings) -> Service:
    service = Service("intake", settings, TABLES)
    service.bus.listen("places", {...})
    service.cycle("nonces", work)
    service.app.include_router(...)
    return service
"""

import asyncio
import importlib
import importlib.util
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from shared import logs
from shared.asyncapi import describe_events
from shared.bus import Bus
from shared.clock import Clock
from shared.cycle import Cycle, Work
from shared.identity import Role, Tokens
from shared.settings import Settings
from shared.store import Bookkeeping, Store
from shared.store.migrate import migrate
from shared.telemetry import metrics_page
from shared.web.asking import SignedIn, has_role
from shared.web.docs import install_docs
from shared.web.install import install_web
from shared.web.problems import Problem

log = structlog.get_logger()
ROOMS = Path(__file__).parent.parent / "services"
FIRST_WAIT_S = 0.2


class Service:
    """One of intake, assign and notify, ready to be served."""

    def __init__(
        self, name: str, settings: Settings, tables: Bookkeeping, uploads: Mapping[str, int] | None = None
    ) -> None:
        """`uploads`: beginnings of paths that take more than 64 kB, with their limits in bytes."""
        self.name = name
        self.settings = settings
        self.clock = Clock(settings.clock_file)
        self.store = Store(settings.database_url, tables, source=name, pool=settings.database_pool)
        self.bus = Bus(name, settings, self.store)
        self.tokens = Tokens(settings.secret_key)
        self.cycles: list[Cycle] = []
        self.started = False
        self._starting: list[Callable[[], Awaitable[None]]] = []
        self._stopping: list[Callable[[], Awaitable[None]]] = []
        self.app = FastAPI(title=f"Cầu Nối {name}", lifespan=self._lifespan, docs_url=None, redoc_url=None)
        self.app.state.service = self
        self.app.state.tokens = self.tokens
        self.app.state.settings = settings
        self.app.state.clock = self.clock
        install_web(self.app, settings, uploads)
        install_docs(self.app, lambda: self._described)
        _install_routes(self)

    def cycle(self, name: str, work: Work, net_s: float = 5.0, rest_s: float = 0.0) -> Cycle:
        """Run `work` over due rows as long as the service lives."""
        made = Cycle(name, self.clock, work, net_s, rest_s)
        self.cycles.append(made)
        return made

    def on_start(self, work: Callable[[], Awaitable[None]]) -> None:
        """Do `work` when the store is migrated, before bus and cycles start."""
        self._starting.append(work)

    def on_stop(self, work: Callable[[], Awaitable[None]]) -> None:
        self._stopping.append(work)

    def problems(self) -> list[str]:
        """Why it is not ready; empty when it is."""
        return self.bus.problems() if self.started else ["The service is starting."]

    @cached_property
    def _described(self) -> dict[str, Any]:
        """AsyncAPI 3.0 of what this service publishes and takes; made once, it takes a fifth of a second."""
        taken = {stream: listener.types.values() for stream, listener in self.bus.listeners.items()}
        return describe_events(self.name, self.settings.nats_url, taken, self.app.title, self.app.version)

    async def busy(self) -> bool:
        """Whether anything is due, under way or owed: `caunoi clock` waits for quiet."""
        return not self.started or any(cycle.busy for cycle in self.cycles) or await self.bus.backlog() > 0

    @asynccontextmanager
    async def _lifespan(self, _: FastAPI) -> AsyncIterator[None]:
        starting = asyncio.create_task(self._start())
        try:
            yield
        finally:
            starting.cancel()
            await asyncio.gather(starting, return_exceptions=True)
            await self._stop()

    async def _start(self) -> None:
        """Become ready; a store that is not there yet is waited for, and `/readyz` says so meanwhile."""
        try:
            await self._migrated()
            for work in self._starting:
                await work()
            await self.bus.start()
            for cycle in self.cycles:
                await cycle.start()
            self.started = True
            log.info("service.started")
        except asyncio.CancelledError:
            raise
        except Exception:
            log.exception("service.start_failed")
            _end_process()

    async def _migrated(self) -> None:
        wait = FIRST_WAIT_S
        while True:
            try:
                if await migrate(self.settings.database_url, ROOMS / self.name / "migrations"):
                    log.info("store.migrated")
                return
            except (OSError, ConnectionError) as error:
                log.warning("store.unreachable", error=type(error).__name__)
                await asyncio.sleep(wait)
                wait = min(2.0, wait * 1.5)

    async def _stop(self) -> None:
        for cycle in self.cycles:
            await cycle.stop()
        await self.bus.stop()
        for work in self._stopping:
            await work()
        await self.store.close()


class Offset(BaseModel):
    """The clock's offset from real time, seconds."""

    offset_s: float


def service_of(request: Request) -> Service:
    """The service a route belongs to."""
    return request.app.state.service


def _install_routes(service: Service) -> None:
    app = service.app

    @app.get("/healthz", include_in_schema=False)
    async def healthz() -> dict[str, str]:
        return {"status": "ok"}

    async def readyz() -> JSONResponse:
        problems = service.problems()
        return JSONResponse({service.name: "ok" if not problems else " ".join(problems)}, 503 if problems else 200)

    if service.name != "intake":  # intake answers for the whole house: services/intake/front.py
        app.get("/readyz", include_in_schema=False)(readyz)
    app.add_route("/metrics", metrics_page, include_in_schema=False)

    @app.post("/operations/replay", include_in_schema=False)
    async def replay(principal: SignedIn, since: datetime | None = None) -> dict[str, str]:
        has_role(principal, Role.ADMINISTRATOR)
        await service.bus.replay(since)
        return {"status": "ok"}

    @app.post("/operations/dead/{id}/retry", include_in_schema=False)
    async def retry(principal: SignedIn, id: str) -> dict[str, str]:
        has_role(principal, Role.ADMINISTRATOR)
        if not await service.bus.retry(id):
            raise Problem(404)
        return {"status": "ok"}

    if service.settings.simulator:
        _install_clock(service)


def _install_clock(service: Service) -> None:
    @service.app.get("/simulator/timers", include_in_schema=False)
    async def timers() -> dict[str, Any]:
        due = [cycle.next_due for cycle in service.cycles if cycle.next_due]
        return {"now": service.clock.now(), "next_due": min(due, default=None), "busy": await service.busy()}

    @service.app.put("/simulator/clock", include_in_schema=False)
    async def set_clock(offset: Offset) -> dict[str, Any]:
        service.clock.set_offset(timedelta(seconds=offset.offset_s))
        return {"now": service.clock.now()}


def _end_process() -> None:
    import os

    os._exit(70)  # EX_SOFTWARE: the supervisor starts it again


def serve(name: str) -> None:
    """Run one service until it is told to stop. What supervisor and containers both call."""
    import uvicorn

    from shared.settings import load_settings

    settings = load_settings()
    logs.configure(name, settings.log_format, settings.log_level)
    service: Service = importlib.import_module(f"services.{name}.app").build(settings)
    uvicorn.run(
        service.app,
        host=settings.http_host,
        port=settings.http_port,
        loop="uvloop" if _has_uvloop() else "asyncio",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=2,
        timeout_keep_alive=75,
    )


def _has_uvloop() -> bool:
    return importlib.util.find_spec("uvloop") is not None
