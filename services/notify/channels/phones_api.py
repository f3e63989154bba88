"""Simulated phones by JSON: what one received, what its owner sends, how it behaves. Only while the simulator is on."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field

from services.notify.channels import phones
from services.notify.channels.simulator import Simulator
from services.notify.replies.receive import Replies
from shared.service import service_of
from shared.vietnam.phones import parse_phone
from shared.web.api import ApiRoute
from shared.web.languages import say
from shared.web.problems import Problem


def written_phone(phone: str) -> str:
    """The phone of an address, written in any way; 422 where it cannot be one."""
    found = parse_phone(phone)
    if found is None:
        raise Problem(422, errors={"phone": say("phones.wrong_number")})
    return found


Phone = Annotated[str, Depends(written_phone)]


class TextReceived(BaseModel):
    """One text on a phone."""

    id: UUID
    at: datetime
    text: str
    alert: str
    code: str | None = None


class TextsReceived(BaseModel):
    """Oldest first; the newest thousand."""

    items: list[TextReceived]


class TextSent(BaseModel):
    """What the phone's owner sends us."""

    text: str = Field(max_length=1000)


class Taken(BaseModel):
    """The id under which it is kept."""

    id: UUID


class Behaviour(BaseModel):
    """How a phone misbehaves; null is well."""

    behaviour: (
        Literal["lost", "busy", "switched_off", "memory_full", "unknown_number", "number_closed", "barred"] | None
    ) = None


def phones_router(replies: Replies) -> APIRouter:
    """The routes of the simulated telephone network."""
    router = APIRouter(route_class=ApiRoute, tags=["simulator"])

    @router.get("/api/v1/phones/{phone}/messages")
    async def received(request: Request, phone: Phone) -> TextsReceived:
        async with service_of(request).store.read() as connection:
            texts = await phones.texts_on(connection, phone)
        return TextsReceived(items=[TextReceived.model_validate(row._mapping) for row in texts])

    @router.post("/api/v1/phones/{phone}/messages", status_code=202)
    async def send(request: Request, phone: Phone, sent: TextSent) -> Taken:
        service = service_of(request)
        async with service.store.begin() as unit:
            return Taken(id=await replies.receive(unit, phone, sent.text, service.clock.now(), Simulator.name))

    @router.put("/simulator/phones/{phone}/behaviour", status_code=204)
    async def behave(request: Request, phone: Phone, wish: Behaviour) -> None:
        async with service_of(request).store.begin() as unit:
            await phones.behave(unit, phone, wish.behaviour)

    return router
