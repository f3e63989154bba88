"""`/hooks/a/<token>`: the offer and two buttons. Opening it changes nothing: programs open links before people do."""

from pathlib import Path
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from services.notify.alerts.slots import place, time
from services.notify.answer_pages import store
from services.notify.answer_pages.tables import AnswerPage
from services.notify.answer_pages.token import number_of
from services.notify.catalogue.store import category_names
from services.notify.replies.pressing import Pressed, press
from services.notify.tickets.store import tickets_of
from shared.service import service_of
from shared.web.forms import same_origin
from shared.web.languages import page_language
from shared.web.templates import Templates

templates = Templates(Path(__file__).parent)
router = APIRouter(prefix="/hooks/a", include_in_schema=False, dependencies=[Depends(same_origin)])
Answer = Literal["accept", "decline"]


@router.get("/{token}", response_class=HTMLResponse)
async def show(request: Request, token: str) -> Response:
    """The offer, as long as it can be answered here."""
    service = service_of(request)
    number, now = number_of(token, service.settings.secret_key), service.clock.now()
    async with service.store.read() as connection:
        page = await store.find(connection, number) if number is not None else None
        if page is None:
            return _over(request, "unknown")
        if page.used_at is not None:
            return _over(request, "used")
        if page.expires_at <= now or not await store.still_asked(connection, page):
            return _over(request, "gone")
        ticket = (await tickets_of(connection, [page.code]))[page.code]
        names = await category_names(connection, [ticket.category])
    language = page_language(request)
    return templates.render(
        request,
        "answer.html",
        address=f"/hooks/a/{token}",
        number=page.number,
        category=names.get(ticket.category, ("", ""))[language == "en"],
        place=place(ticket.village_name, ticket.former_commune, ticket.commune_name),
        urgent=ticket.urgent,
        until=time(ticket.response_due, now, language),
    )


@router.post("/{token}", response_class=HTMLResponse)
async def answer(request: Request, token: str, wish: Annotated[Answer, Form()]) -> Response:
    """Once, by the same way as a text would be taken; what came of it is told where the link came from."""
    service = service_of(request)
    number, now = number_of(token, service.settings.secret_key), service.clock.now()
    async with service.store.begin() as unit:
        page = await store.use(unit, number, now) if number is not None else None
        if page is None:
            return _over(request, "used" if number is not None else "unknown")
        if not await store.still_asked(unit.connection, page):
            return _over(request, "gone")
        await press(unit, _pressed(page, wish), now, await _province(unit.connection, page))
    return templates.render(request, "heard.html", wish=wish, number=page.number)


def _over(request: Request, why: str) -> HTMLResponse:
    hotline = service_of(request).settings.hotline
    return templates.render(request, "over.html", status=410 if why != "unknown" else 404, why=why, hotline=hotline)


def _pressed(page: AnswerPage, wish: Answer) -> Pressed:
    return Pressed(
        person=page.person,
        phone=page.phone,
        code=page.code,
        number=page.number,
        command=wish,
        channel=page.channel,
    )


async def _province(connection: AsyncConnection, page: AnswerPage) -> str:
    return (await tickets_of(connection, [page.code]))[page.code].province
