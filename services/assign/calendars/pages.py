"""`/supervisor/calendar`: one's own unit's hours, with the next 30 days before anything is kept."""

from collections.abc import Mapping
from pathlib import Path

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from services.assign.calendars.changing import change, follow_above
from services.assign.calendars.form import own_of, typed_of
from services.assign.calendars.own import Shown, Wrong
from services.assign.calendars.reading import Counting, counting_for, days_to_come
from services.assign.places.tables import AdministrativeUnit
from services.assign.reporting.api import unit_for
from services.assign.reporting.supervisor.frame import HERE as SUPERVISOR
from services.assign.reporting.supervisor.watchers import Watcher
from shared.identity import Principal
from shared.service import service_of
from shared.web.forms import same_origin
from shared.web.languages import Translator, page_language
from shared.web.templates import Templates
from shared.working_time import WEEKDAYS

templates = Templates(Path(__file__).parent, SUPERVISOR)
router = APIRouter(include_in_schema=False, dependencies=[Depends(same_origin)])
PATH = "/supervisor/calendar"


@router.get(PATH, response_class=HTMLResponse)
async def calendar(request: Request, watcher: Watcher, did: str = "") -> Response:
    """The calendar that counts, as a form."""
    if watcher is None:
        return RedirectResponse("/sign-in", 303)
    service = service_of(request)
    async with service.store.read() as connection:
        place = await unit_for(connection, watcher, None)
        counting = await counting_for(connection, place)
    days = days_to_come(counting.own, service.clock.now())
    return _page(request, watcher, place, counting, typed_of(counting.own), days, done=did in ("kept", "follows"))


@router.post(PATH, response_class=HTMLResponse)
async def keep(request: Request, watcher: Watcher) -> Response:
    """Show what would be (`do=preview`), keep it (`do=keep`), or work as the unit above again (`do=follow`)."""
    if watcher is None:
        return RedirectResponse("/sign-in", 303)
    service = service_of(request)
    async with request.form(max_files=0, max_fields=20) as form:
        typed = {name: value for name, value in form.items() if isinstance(value, str)}
    now = service.clock.now()
    async with service.store.begin() as unit:
        place = await unit_for(unit.connection, watcher, None)
        counting = await counting_for(unit.connection, place)
        if typed.get("do") == "follow" and place:
            await follow_above(unit, place, now)
            return RedirectResponse(f"{PATH}?did=follows", 303)
        try:
            own = own_of(typed)
            days = days_to_come(own, now)
        except Wrong as wrong:
            return _page(request, watcher, place, counting, typed, [], errors=_errors(request, wrong))
        if typed.get("do") != "keep":
            return _page(request, watcher, place, counting, typed, days, previewed=True)
        await change(unit, place, own, now, watcher.id)
    return RedirectResponse(f"{PATH}?did=kept", 303)


def _errors(request: Request, wrong: Wrong) -> dict[str, str]:
    field = "monday" if wrong.field == "weekly" else wrong.field
    return {field: Translator(page_language(request))(f"calendars.wrong.{wrong.key}", **wrong.values)}


def _page(
    request: Request,
    watcher: Principal,
    place: AdministrativeUnit | None,
    counting: Counting,
    typed: Mapping[str, str],
    days: list[Shown],
    *,
    errors: Mapping[str, str] | None = None,
    previewed: bool = False,
    done: bool = False,
) -> HTMLResponse:
    return templates.render(
        request,
        "calendar.html",
        status=422 if errors else 200,
        who=watcher,
        place=place,
        counting=counting,
        typed=typed,
        weekdays=WEEKDAYS,
        days=days,
        errors=errors or {},
        previewed=previewed,
        done=done,
    )
