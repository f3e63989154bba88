"""`/phones`: simulated phones side by side; what each received, and an answer from it. Only with the simulator."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from services.notify.channels import phones as store
from services.notify.channels.phones_api import Phone as Number
from services.notify.channels.simulator import LOST, REFUSALS, Simulator
from services.notify.channels.switchboard import MOST, Phone, numbers_for, phones_of
from services.notify.replies.receive import Replies
from shared.service import Service, service_of
from shared.web.forms import same_origin
from shared.web.templates import Templates

templates = Templates(Path(__file__).parent)
_BEHAVIOURS = (LOST, *REFUSALS)


def phones_pages(replies: Replies) -> APIRouter:
    """The pages of the simulated telephone network."""
    router = APIRouter(include_in_schema=False, dependencies=[Depends(same_origin)])

    @router.get("/phones", response_class=HTMLResponse)
    async def phones(request: Request, q: str = "") -> HTMLResponse:
        shown = await _find(service_of(request), q)
        return templates.render(request, "phones.html", phones=shown, q=q, since=_latest(shown), behaviours=_BEHAVIOURS)

    @router.get("/phones/news", response_class=HTMLResponse)
    async def news(
        request: Request,
        shown: Annotated[list[str], Query(max_length=MOST * 2)] = [],  # noqa: B006  (FastAPI copies it)
        since: datetime | None = None,
        q: str = "",
    ) -> Response:
        """Parts that changed since the page was made; 204 where nothing did."""
        found = await _find(service_of(request), q)
        changed = [phone for phone in found if phone.latest and (since is None or phone.latest > since)]
        if not changed:
            return Response(status_code=204)
        return templates.render(
            request,
            "_news.html",
            known=[phone for phone in changed if phone.number in shown],
            new=[phone for phone in changed if phone.number not in shown][::-1],
            since=_latest(found),
            behaviours=_BEHAVIOURS,
            q=q,
        )

    @router.post("/phones/{phone}/messages")
    async def write(
        request: Request, phone: Number, text: Annotated[str, Form(max_length=1000)] = "", q: str = ""
    ) -> Response:
        service = service_of(request)
        async with service.store.begin() as unit:
            await replies.receive(unit, phone, text, service.clock.now(), Simulator.name)
        return _back(q, phone)

    @router.post("/phones/{phone}/behaviour")
    async def behave(request: Request, phone: Number, behaviour: Annotated[str, Form()] = "", q: str = "") -> Response:
        async with service_of(request).store.begin() as unit:
            await store.behave(unit, phone, behaviour if behaviour in _BEHAVIOURS else None)
        return _back(q, phone)

    return router


async def _find(service: Service, q: str) -> list[Phone]:
    async with service.store.read() as connection:
        return await phones_of(connection, await numbers_for(connection, q))


def _latest(phones: Sequence[Phone]) -> str:
    latest = max((phone.latest for phone in phones if phone.latest), default=None)
    return latest.isoformat() if latest else ""


def _back(q: str, phone: str) -> RedirectResponse:
    query = f"?{urlencode({'q': q})}" if q else ""
    return RedirectResponse(f"/phones{query}#phone-{phone.lstrip('+')}", 303)
