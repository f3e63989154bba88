"""`/supervisor/exports`: which files there are and how large; how far one's own is, and the file itself."""

from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse, Response

from services.assign.places import store as places
from services.assign.reporting.api import unit_for
from services.assign.reporting.exports import store
from services.assign.reporting.exports.files import XLSX, attachment
from services.assign.reporting.exports.making import maker_of
from services.assign.reporting.exports.wanted import TicketsAsked
from services.assign.reporting.period import this_month
from services.assign.reporting.supervisor.frame import HERE as SUPERVISOR
from services.assign.reporting.supervisor.watchers import Watcher
from services.assign.tickets.lifecycle import Status
from shared.service import service_of
from shared.web.languages import Translator, page_language
from shared.web.problems import Problem
from shared.web.templates import Templates

templates = Templates(Path(__file__).parent, SUPERVISOR)
router = APIRouter(include_in_schema=False)
CSV_BYTES_A_ROW, CSV_ROWS_A_SECOND, XLSX_ROWS_A_SECOND = 185, 5_000, 1_000
"""Measured on a million tickets (docs/reports.md)."""


@router.get("/supervisor/exports", response_class=HTMLResponse)
async def ask(request: Request, watcher: Watcher, wanted: TicketsAsked) -> Response:
    """Both files with their words, and an estimate of what the present words give."""
    if watcher is None:
        return RedirectResponse("/sign-in", 303)
    service, t, errors, total = service_of(request), Translator(page_language(request)), {}, None
    now = service.clock.now()
    async with service.store.read() as connection:
        own = await unit_for(connection, watcher, None)
        place = await unit_for(connection, watcher, wanted.filters.unit or None)
        below = await places.children_of(connection, own.key if own else None)
        categories = await places.categories(connection)
        try:
            total = await store.count(connection, store.chosen(place, wanted, now))
        except Problem as problem:
            errors = {name: t.text(said) for name, said in problem.errors.items()}
    return templates.render(
        request,
        "exports.html",
        status=422 if errors else 200,
        who=watcher,
        place=own,
        below=below,
        categories=categories,
        statuses=list(Status)[1:],
        wanted=wanted,
        month=this_month(now),
        total=total,
        bytes_a_row=CSV_BYTES_A_ROW,
        csv_pace=CSV_ROWS_A_SECOND,
        xlsx_pace=XLSX_ROWS_A_SECOND,
        errors=errors,
    )


@router.get("/supervisor/exports/{id}", response_class=HTMLResponse)
async def progress(request: Request, watcher: Watcher, id: str, part: str = "", other: str = "") -> Response:
    """How many rows are written; `part` is the piece alone that a script asks for again and again."""
    if watcher is None:
        return RedirectResponse("/sign-in", 303)
    export = maker_of(request).shelf.find(id, watcher.id)
    if part:
        return templates.render(request, "_progress.html", export=export, id=id)
    async with service_of(request).store.read() as connection:
        place = await unit_for(connection, watcher, None)
    return templates.render(
        request,
        "export.html",
        status=200 if export else 404,
        who=watcher,
        place=place,
        export=export,
        id=id,
        other=bool(other),
    )


@router.get("/supervisor/exports/{id}/file")
async def file(request: Request, watcher: Watcher, id: str) -> Response:
    """The workbook, for whoever asked for it. Problem 404 for anybody else, and once it is gone."""
    if watcher is None:
        return RedirectResponse("/sign-in", 303)
    shelf = maker_of(request).shelf
    export = shelf.find(id, watcher.id)
    if export is None or export.state != "ready" or not shelf.file_of(export).is_file():
        raise Problem(404)
    return FileResponse(shelf.file_of(export), media_type=XLSX, headers=attachment(export.name))
