"""`/messages/figures`: messages of a place and period and their cost; a part of it stands on assign's board."""

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from sqlalchemy.ext.asyncio import AsyncConnection

from services.notify.catalogue import store as catalogue
from services.notify.channels.fitting import Fitted
from services.notify.messages.sums import MOST, Place, sums_of
from shared.clock import local, midnight
from shared.identity import Principal, Role, holds_unit
from shared.service import service_of
from shared.web.asking import SignedIn, has_role
from shared.web.problems import Problem
from shared.web.templates import Templates

templates = Templates(Path(__file__).parent)
LONGEST = timedelta(days=366)


def sums_pages(fitted: Sequence[Fitted]) -> APIRouter:
    """Of the channels that this installation has."""
    router = APIRouter(include_in_schema=False)
    channels = [one.channel.name for one in fitted]

    @router.get("/messages/figures", response_class=HTMLResponse)
    async def figures(
        request: Request,
        principal: SignedIn,
        unit: str = "",
        first: Annotated[date | None, Query(alias="from")] = None,
        last: Annotated[date | None, Query(alias="to")] = None,
        part: str = "",
    ) -> HTMLResponse:
        """Without `unit`, one's own; without days, this month. 404 outside one's territory."""
        has_role(principal, Role.ADMINISTRATOR, Role.SUPERVISOR)
        service = service_of(request)
        today = local(service.clock.now()).date()
        begins, ends = first or today.replace(day=1), last or today
        if not begins <= ends <= begins + LONGEST:
            raise Problem(422)
        async with service.store.read() as connection:
            place, name = await _place(connection, principal, unit)
            found = await sums_of(connection, place, channels, midnight(begins), midnight(ends + timedelta(days=1)))
        return templates.render(
            request,
            "_sums.html" if part else "sums.html",
            who=principal.name,
            place=name,
            first=begins,
            last=ends,
            sums=found,
            capped=sum(one.sent + one.failed for one in found) >= MOST,
        )

    return router


async def _place(connection: AsyncConnection, principal: Principal, unit: str) -> tuple[Place, str | None]:
    """The place that is asked for and its name. Problem 404."""
    code = unit or (principal.unit if principal.role is Role.SUPERVISOR else None)
    if code is None and principal.role is Role.ADMINISTRATOR:
        return Place(), None
    found = await catalogue.unit_by_code(connection, code or "")
    if found is None or not holds_unit(principal, found.path):
        raise Problem(404)
    return Place(found.code, found.kind == "commune"), found.full_name
