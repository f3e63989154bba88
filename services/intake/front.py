"""`/readyz` of the whole house: intake answers it at the front door, and asks the others."""

import asyncio
from typing import Any

import httpx
from fastapi import APIRouter
from fastapi.responses import JSONResponse

from services.intake.catalogue.memory import Catalogue
from shared.service import Service
from shared.web.trust import trusted

PATIENCE_S = 2.0
BUS = "bus"
OK = "ok"


def router(service: Service, catalogue: Catalogue) -> APIRouter:
    """`{"intake": "ok", "assign": "ok", "notify": "ok", "bus": "ok"}`, 200 only when all are; else a sentence each."""
    front = _Front(service, catalogue)
    service.on_start(front.begin)
    service.on_stop(front.end)
    routes = APIRouter()
    routes.get("/readyz", include_in_schema=False)(front.readyz)
    return routes


class _Front:
    def __init__(self, service: Service, catalogue: Catalogue) -> None:
        self._service = service
        self._catalogue = catalogue
        self._client = httpx.AsyncClient(verify=trusted(), timeout=PATIENCE_S, trust_env=False)
        self._is_first_start = False

    async def begin(self) -> None:
        """With an empty store all that assign tells of places is waited for: a half-known province serves nobody."""
        self._is_first_start = self._catalogue.is_empty

    async def end(self) -> None:
        await self._client.aclose()

    async def readyz(self) -> JSONResponse:
        settings = self._service.settings
        intake, assign, notify = await asyncio.gather(
            self._own(), self._ask("assign", settings.assign_url), self._ask("notify", settings.notify_url)
        )
        answers = {"intake": intake, "assign": assign, "notify": notify, BUS: self._bus()}
        return JSONResponse(answers, 200 if all(answer == OK for answer in answers.values()) else 503)

    async def _own(self) -> str:
        if problems := self._service.problems():
            return " ".join(problems)
        if self._catalogue.is_empty:
            return "It knows no places or promises yet; they arrive from assign."
        if self._is_first_start and await self._service.bus.backlog() > 0:
            return "It is still taking in the places."
        self._is_first_start = False
        return OK

    def _bus(self) -> str:
        reaches_all = self._service.started and not self._service.bus.problems()
        return OK if reaches_all else "The bus does not reach all subscribers."

    async def _ask(self, name: str, url: str) -> str:
        try:
            answer = await self._client.get(f"{url}/readyz")
            said: dict[str, Any] = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            return f"It does not answer ({type(error).__name__})."
        return OK if answer.status_code == 200 else str(said.get(name) or f"It answers {answer.status_code}.")
