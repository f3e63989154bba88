"""`/supervisor/fairness`: whether teams that stand alike get alike, in plain words, within one's own territory."""

from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from services.assign.reporting.api import period_of, unit_for
from services.assign.reporting.fairness.alike import verdict
from services.assign.reporting.fairness.reading import read_fairness
from services.assign.reporting.period import day_typed, this_month
from services.assign.reporting.supervisor.frame import HERE as SUPERVISOR
from services.assign.reporting.supervisor.watchers import Watcher
from shared.service import service_of
from shared.web.languages import Translator, page_language
from shared.web.problems import Problem
from shared.web.templates import Templates

PATH = "/supervisor/fairness"
templates = Templates(Path(__file__).parent, SUPERVISOR)
router = APIRouter(include_in_schema=False)


@router.get(PATH, response_class=HTMLResponse)
async def page(
    request: Request,
    watcher: Watcher,
    unit: str = "",
    first: Annotated[str, Query(alias="from")] = "",
    last: Annotated[str, Query(alias="to")] = "",
    part: str = "",
) -> Response:
    """A unit's, one's own where none is named, and this month's where no days are. `part=said`: the sentence alone."""
    if watcher is None:
        if part:
            raise Problem(401)
        return RedirectResponse("/sign-in", 303)
    service = service_of(request)
    period, errors = this_month(service.clock.now()), {}
    try:
        period = period_of(day_typed(first), day_typed(last), period)
    except Problem as problem:
        errors = {name: Translator(page_language(request)).text(said) for name, said in problem.errors.items()}
    async with service.store.read() as connection:
        place = await unit_for(connection, watcher, unit or None)
        shown = await read_fairness(connection, place, period)
    return templates.render(
        request,
        "_said.html" if part == "said" else "fairness.html",
        status=422 if errors else 200,
        who=watcher,
        shown=shown,
        unit=unit,
        is_own=place is None or place.code == watcher.unit,
        errors=errors,
        verdict=verdict,
    )
