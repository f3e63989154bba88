"""`/supervisor` and a ticket's story: within one's own territory, what lies outside does not exist (404)."""

from dataclasses import dataclass, field
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncConnection

from services.assign.places import store as places
from services.assign.reporting.api import unit_for
from services.assign.reporting.supervisor.candidates import choices, nearest_to_lend
from services.assign.reporting.supervisor.figures import figures
from services.assign.reporting.supervisor.filters import Asked
from services.assign.reporting.supervisor.frame import templates
from services.assign.reporting.supervisor.reading import read_list, read_month, read_now, read_story
from services.assign.reporting.supervisor.store import NEEDS
from services.assign.reporting.supervisor.watchers import Watcher
from services.assign.tickets import store as tickets
from services.assign.tickets.actions import ACTIONS, Forbidden, NotPossible
from services.assign.tickets.actions.ground import WrongValue
from services.assign.tickets.doing import asking, do
from services.assign.tickets.lifecycle import Action, Status, next_status
from services.assign.tickets.tables import Ticket
from services.assign.tickets.team_page.shown import place_of
from shared.codes import parse_code
from shared.identity import Principal, holds_unit
from shared.service import service_of
from shared.web.forms import same_origin
from shared.web.languages import Translator, page_language
from shared.web.problems import Problem
from shared.web.sentences import validation_errors

router = APIRouter(include_in_schema=False, dependencies=[Depends(same_origin)])
LEVERS = (Action.REASSIGNMENT, Action.CLOSURE, Action.REOPENING, Action.CANCELLATION)


@dataclass(frozen=True)
class Trouble:
    """What could not be done, and what was typed for it."""

    action: str
    errors: dict[str, str] = field(default_factory=dict)
    typed: dict[str, str] = field(default_factory=dict)
    impossible: bool = False


@router.get("/supervisor", response_class=HTMLResponse)
async def overview(request: Request, watcher: Watcher, filters: Asked, part: str = "") -> Response:
    """What needs a hand first, then the list, and this month's figures; `part` (now, month) is one of them alone."""
    if watcher is None:
        if part:
            raise Problem(401)
        return RedirectResponse("/sign-in", 303)
    service, t = service_of(request), Translator(page_language(request))
    now = service.clock.now()
    values: dict[str, Any] = {"place_of": place_of, "filters": filters}
    async with service.store.snapshot() as connection:
        place = await unit_for(connection, watcher, None)
        there = await unit_for(connection, watcher, filters.unit) if filters.unit else place
        if part != "month":
            values |= {"shown": await read_now(connection, there, now)}
        if part != "now":
            month = await read_month(connection, there, now)
            values |= {"period": month.period, "figures": figures(month.row, t)}
        if not part:
            categories = [category.code for category in await places.categories(connection)]
            values |= {"listed": await read_list(connection, place, filters, now), "categories": categories}
    if part:
        return templates.render(request, "_month.html" if part == "month" else "_now.html", **values)
    return templates.render(
        request,
        "supervisor.html",
        who=watcher,
        place=place,
        there=there,
        statuses=list(Status)[1:],
        needs=NEEDS,
        **values,
    )


@router.get("/supervisor/tickets/{code}", response_class=HTMLResponse)
async def story(request: Request, watcher: Watcher, code: str, did: str = "") -> Response:
    """One ticket's story; `did` says what has just been done."""
    if watcher is None:
        return RedirectResponse("/sign-in", 303)
    return await _story(request, watcher, code, done=did if did in LEVERS else None)


@router.get("/supervisor/tickets/{code}/teams", response_class=HTMLResponse)
async def teams(request: Request, watcher: Watcher, code: str) -> Response:
    """The form that gives a ticket to another team, for a place beside the ticket."""
    if watcher is None:
        raise Problem(401)
    async with service_of(request).store.begin() as unit:
        ticket = await _theirs(unit.connection, watcher, code)
        found = await choices(unit, ticket)
    return templates.render(
        request, "_reassign.html", ticket=ticket, choices=found, lend=nearest_to_lend(found), trouble=None
    )


@router.post("/supervisor/tickets/{code}/{action}", response_class=HTMLResponse)
async def act(request: Request, watcher: Watcher, code: str, action: str) -> Response:
    """A lever. What worked is answered by a redirect to the story, what did not by the story with the reason."""
    if watcher is None:
        return RedirectResponse("/sign-in", 303)
    known = parse_code(code)
    if known is None or action not in LEVERS:
        raise Problem(404)
    async with request.form(max_files=0, max_fields=10) as form:
        typed = {name: value for name, value in form.items() if isinstance(value, str)}
    if trouble := await _try(request, watcher, known, Action(action), _lent(request, typed)):
        return await _story(request, watcher, known, trouble=trouble)
    return RedirectResponse(f"/supervisor/tickets/{known}?did={action}", 303)


def _lent(request: Request, typed: dict[str, str]) -> dict[str, str]:
    """The button that lends a neighbouring team names it, and needs no reason in other words."""
    if not typed.get("lend"):
        return typed
    said = typed.get("reason", "").strip() or Translator(page_language(request))("supervisor.lend_reason")
    return typed | {"team": typed["lend"], "reason": said}


async def _try(
    request: Request, watcher: Principal, code: str, action: Action, typed: dict[str, str]
) -> Trouble | None:
    """Do it; what stood in the way, or None where it worked. Problem 404 outside one's territory."""
    service, t = service_of(request), Translator(page_language(request))
    try:
        body = ACTIONS[action][0].model_validate({name: text for name, text in typed.items() if text.strip()})
        await do(service.store, code, action, body, asking(watcher, action, None), service.clock.now())
    except Forbidden:
        raise Problem(404) from None
    except ValidationError as error:
        return Trouble(action, validation_errors(error.errors(), t), typed)
    except WrongValue as wrong:
        return Trouble(action, {wrong.field: t(wrong.key)}, typed)
    except NotPossible:
        return Trouble(action, impossible=True)
    return None


async def _story(
    request: Request, watcher: Principal, code: str, *, trouble: Trouble | None = None, done: str | None = None
) -> HTMLResponse:
    service, t = service_of(request), Translator(page_language(request))
    async with service.store.begin() as unit:
        ticket = await _theirs(unit.connection, watcher, code)
        place = await unit_for(unit.connection, watcher, None)
        shown = await read_story(unit.connection, ticket, t)
        levers = [lever for lever in LEVERS if next_status(lever, Status(ticket.status))]
        found = await choices(unit, ticket) if Action.REASSIGNMENT in levers else []
    return templates.render(
        request,
        "story.html",
        status=200 if trouble is None else 409 if trouble.impossible else 422,
        who=watcher,
        place=place,
        shown=shown,
        ticket=ticket,
        where=place_of(ticket),
        levers=levers,
        choices=found,
        lend=nearest_to_lend(found),
        trouble=trouble,
        done=done,
    )


async def _theirs(connection: AsyncConnection, watcher: Principal, code: str) -> Ticket:
    """The ticket, where it lies in somebody's territory. Problem 404."""
    ticket = await tickets.find(connection, parse_code(code) or "")
    if ticket is None or not holds_unit(watcher, ticket.unit_path):
        raise Problem(404)
    return ticket
