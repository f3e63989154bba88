"""`POST /api/v1/messages/links`: an administrator has a code sent to somebody on duty."""

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from services.notify.channels.channel import AddressKind
from services.notify.contacts.store import people_of
from services.notify.linking.linking import Linking
from shared.identity import Role
from shared.service import service_of
from shared.web.api import ApiRoute
from shared.web.asking import SignedIn, has_role
from shared.web.languages import say
from shared.web.problems import Problem


class LinkWanted(BaseModel):
    """Who is to link which chat."""

    person: str = Field(max_length=100)
    kind: AddressKind


def links_router(linking: Linking) -> APIRouter:
    """Answers 202: the code goes by SMS to the person's own phone, and is shown to nobody else."""
    router = APIRouter(route_class=ApiRoute, tags=["messages"])

    @router.post("/api/v1/messages/links", status_code=202)
    async def send_code(request: Request, principal: SignedIn, wanted: LinkWanted) -> None:
        has_role(principal, Role.ADMINISTRATOR)
        if wanted.kind not in linking.kinds:
            raise Problem(422, errors={"kind": say("messages.unknown_channel")})
        service = service_of(request)
        async with service.store.begin() as unit:
            found = await people_of(unit.connection, [wanted.person], ())
            if not found:
                raise Problem(404)
            if not await linking.send_code(unit, wanted.kind, found[0].phone, service.clock.now()):
                raise Problem(429, say("messages.link_too_soon"))

    return router
