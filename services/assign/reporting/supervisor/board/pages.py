"""`/supervisor/board`, the part of it that is fetched anew when figures change, and the addresses of before."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from services.assign.reporting.api import only_of, unit_for
from services.assign.reporting.period import day_of, day_typed, this_month
from services.assign.reporting.supervisor.board import charts
from services.assign.reporting.supervisor.board.ages import longest_waiting, together
from services.assign.reporting.supervisor.board.compared import MEASURES, compared
from services.assign.reporting.supervisor.board.filters import (
    ADDRESS,
    BYS,
    PRESETS,
    Filters,
    Preset,
    days_of_ones_own,
)
from services.assign.reporting.supervisor.board.reading import Board, read_board
from services.assign.reporting.supervisor.frame import HERE as SUPERVISOR
from services.assign.reporting.supervisor.watchers import Watcher
from shared.identity import Principal
from shared.service import service_of
from shared.web.languages import Translator, page_language
from shared.web.problems import Problem
from shared.web.templates import Templates

templates = Templates(SUPERVISOR / "board", SUPERVISOR)
router = APIRouter(include_in_schema=False)
HEADLINE = ("response_share", "resolution_share", "response_time", "resolution_time")
BESIDE = tuple(key for key in MEASURES if key not in HEADLINE)


@router.get(ADDRESS, response_class=HTMLResponse)
async def board(request: Request, watcher: Watcher, part: str = "") -> Response:
    """The whole page, or with `part=figures` what changes when figures change."""
    if watcher is None:
        if part:
            raise Problem(401)
        return RedirectResponse("/sign-in", 303)
    service = service_of(request)
    now, t = service.clock.now(), Translator(page_language(request))
    filters, errors = filters_of(request, now)
    async with service.store.snapshot() as connection:
        place = await unit_for(connection, watcher, filters.unit or None)
        shown = await read_board(connection, watcher, place, filters, now)
    return templates.render(
        request,
        "_figures.html" if part == "figures" else "board.html",
        status=422 if errors else 200,
        part=part,
        errors={field: t(f"reporting.period.{field}") for field in errors},
        **_values(watcher, shown, now, t),
    )


@router.get("/supervisor/figures")
async def figures(request: Request) -> Response:
    """Where the figures stood before."""
    query = request.url.query
    return RedirectResponse(f"{ADDRESS}?{query}" if query else ADDRESS, 308)


def filters_of(request: Request, now: datetime) -> tuple[Filters, list[str]]:
    """What the address asks for, and which of its fields make no period (then it is this month's)."""
    words = request.query_params
    usual = Filters(
        this_month(now),
        unit=words.get("unit", ""),
        by=next((by for by in BYS if by == words.get("by")), None),
        only=only_of(words),
    )
    first, last = day_typed(words.get("from", "")), day_typed(words.get("to", ""))
    preset: Preset | None = next((one for one in PRESETS if one == words.get("period")), None)
    if preset or not (first or last):
        return usual.in_period(preset or "month", now), []
    try:
        return replace(usual, preset=None, period=days_of_ones_own(first, last, now)), []
    except ValueError as wrong:
        return usual, [str(wrong)]


def _values(watcher: Principal, shown: Board, now: datetime, t: Translator) -> dict[str, Any]:
    ages = together(shown.ages.values())
    drawn = (charts.in_time(shown.days, t), charts.flow(shown.days, t), charts.backlog(ages, t))
    return {
        "who": watcher,
        "board": shown,
        "filters": shown.filters,
        "presets": PRESETS,
        "figures": compared(shown.total, shown.total_before, t),
        "headline": HEADLINE,
        "beside": BESIDE,
        "measures": MEASURES,
        "rows": {key: compared(row, shown.before.get(key), t) for key, row in shown.rows.items()},
        "ages": ages,
        "oldest_of": lambda key: longest_waiting(shown.ages, key),
        "days_old": lambda at: t("board.days_old", count=(day_of(now) - day_of(at)).days),
        "charts": [chart for chart in drawn if chart],
        "ends_today": shown.filters.period.holds(now),
        "in_period": {preset: shown.filters.in_period(preset, now) for preset in PRESETS},
    }
