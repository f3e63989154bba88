"""`/readyz` of the whole house: intake answers it at the front door, and asks the others."""

import asyncio
from typing import Any

import httpx
from fastapi import APIRouter
from fastapi.responses import JSONResponse

from services.intake.catalogue.memory import Catalogue
from shared.service import Service

PATIENCE_S = 2.0
BUS = "bus"
OK = "ok"


def router(service: Service, catalogue: Catalogue) -> APIRouter:
    """`{"intake": "ok", "assign": "ok", "notify": "ok", "bus": "ok"}`, 200 only when all are; else a sentence each."""
    routes = APIRouter()
    client = httpx.AsyncClient(timeout=PATIENCE_S, trust_env=False)
    service.on_stop(client.aclose)

    @routes.get("/readyz", include_in_schema=False)
    async def readyz() -> JSONResponse:
        assign, notify = await asyncio.gather(
            _ask(client, "assign", service.settings.assign_url), _ask(client, "notify", service.settings.notify_url)
        )
        answers = {"intake": _own(service, catalogue), "assign": assign, "notify": notify, BUS: _bus(service)}
        return JSONResponse(answers, 200 if all(answer == OK for answer in answers.values()) else 503)

    return routes


def _own(service: Service, catalogue: Catalogue) -> str:
    problems = service.problems()
    if service.started and catalogue.is_empty:
        problems = [*problems, "It knows no places or promises yet; they arrive from assign."]
    return " ".join(problems) or OK


def _bus(service: Service) -> str:
    return OK if service.started and not service.bus.problems() else "The bus does not reach all subscribers."


async def _ask(client: httpx.AsyncClient, name: str, url: str) -> str:
    try:
        answer = await client.get(f"{url}/readyz")
        said: dict[str, Any] = answer.json()
    except (httpx.HTTPError, ValueError) as error:
        return f"It does not answer ({type(error).__name__})."
    return OK if answer.status_code == 200 else str(said.get(name) or f"It answers {answer.status_code}.")
