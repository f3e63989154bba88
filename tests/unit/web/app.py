"""A small app with everything that shared/web installs, and a client for it."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Annotated

import httpx
from fastapi import APIRouter, Depends, FastAPI, Request
from pydantic import BaseModel, Field

from shared.settings import Settings
from shared.web.api import ApiRoute
from shared.web.forms import same_origin
from shared.web.install import install_web
from shared.web.languages import say
from shared.web.problems import Problem
from shared.web.values import CleanLine, FilledText, Latitude, Longitude

NOW = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
"""14:00 on a Tuesday in Vietnam."""
HOME = "http://caunoi.example"
PAGE = {"Accept": "text/html"}


class Sent(BaseModel):
    text: Annotated[FilledText, Field(max_length=2000)]
    name: Annotated[CleanLine, Field(max_length=80)] | None = None
    lat: Latitude | None = None
    lon: Longitude | None = None


def small_app(simulator: bool = True) -> FastAPI:
    app = FastAPI(docs_url=None, redoc_url=None)
    app.state.settings = Settings(
        database_url="postgresql+asyncpg://nowhere/none",
        secret_key="a key of at least sixteen",
        simulator=simulator,
        public_url=HOME,
    )
    app.state.clock = SimpleNamespace(now=lambda: NOW)
    install_web(app, app.state.settings, uploads={"/upload": 200_000})
    router = APIRouter(route_class=ApiRoute)

    @router.post("/api/v1/sent")
    async def sent(body: Sent) -> Sent:
        return body

    @router.get("/api/v1/taken")
    async def taken() -> None:
        raise Problem(409, say("problem.detail.409"), ticket={"code": "482915307"})

    @router.post("/upload")
    async def upload(request: Request) -> int:
        return len(await request.body())

    @router.get("/fault")
    async def fault() -> None:
        raise RuntimeError("secret words")

    @router.get("/away")
    async def away() -> None:
        raise ConnectionResetError

    @router.post("/change", dependencies=[Depends(same_origin)])
    async def change() -> str:
        return "changed"

    app.include_router(router)
    return app


def client(app: FastAPI | None = None) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app or small_app(), raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url=HOME)
