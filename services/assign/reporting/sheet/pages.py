"""`/supervisor/sheet` and `/supervisor/sheet.xlsx`: the month as it goes upward, within one's own territory."""

import asyncio
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from services.assign.reporting.api import unit_for
from services.assign.reporting.exports.files import XLSX, attachment
from services.assign.reporting.sheet.document import document_of
from services.assign.reporting.sheet.month import month_of, months_until
from services.assign.reporting.sheet.reading import Sheet, read_sheet
from services.assign.reporting.sheet.workbook import workbook_of
from services.assign.reporting.supervisor.frame import HERE as SUPERVISOR
from services.assign.reporting.supervisor.watchers import Watcher
from shared.identity import Principal
from shared.service import service_of
from shared.web.languages import Said, Translator, page_language, say
from shared.web.problems import Problem
from shared.web.templates import Templates

PATH = "/supervisor/sheet"
FEW = 20
"""So many rows become cards on a phone; more stay a table."""
templates = Templates(Path(__file__).parent, SUPERVISOR)
router = APIRouter(include_in_schema=False)


@router.get(PATH, response_class=HTMLResponse)
async def page(request: Request, watcher: Watcher, unit: str = "", month: str = "") -> Response:
    """The sheet of a unit, one's own where none is named, and of this month where none is."""
    if watcher is None:
        return RedirectResponse("/sign-in", 303)
    wrong = _wrong(request, month)
    sheet = await _read(request, watcher, unit, "" if wrong else month)
    t = Translator(page_language(request))
    return templates.render(
        request,
        "sheet.html",
        status=422 if wrong else 200,
        who=watcher,
        sheet=sheet,
        place=sheet.place,
        is_own=sheet.place is None or sheet.place.code == watcher.unit,
        months=list(months_until(service_of(request).clock.now())),
        errors={"month": t.text(wrong)} if wrong else {},
        document=document_of(sheet, t),
        few=FEW,
    )


@router.get(f"{PATH}.xlsx")
async def file(request: Request, watcher: Watcher, unit: str = "", month: str = "") -> Response:
    """The same as a workbook."""
    if watcher is None:
        return RedirectResponse("/sign-in", 303)
    if wrong := _wrong(request, month):
        raise Problem(422, errors={"month": wrong})
    sheet = await _read(request, watcher, unit, month)
    content = await asyncio.to_thread(workbook_of, sheet, Translator(page_language(request)))
    name = f"bao-cao-thang_{sheet.place.code if sheet.place else 'tat-ca'}_{sheet.month}.xlsx"
    return Response(content, media_type=XLSX, headers=attachment(name))


async def _read(request: Request, watcher: Principal, unit: str, month: str) -> Sheet:
    """Problem 404 outside one's territory."""
    service = service_of(request)
    now = service.clock.now()
    async with service.store.snapshot() as connection:
        place = await unit_for(connection, watcher, unit or None)
        return await read_sheet(connection, place, month_of(month, now), now)


def _wrong(request: Request, month: str) -> Said | None:
    """What is wrong with the month that is asked for."""
    try:
        month_of(month, service_of(request).clock.now())
    except ValueError:
        return say("sheet.wrong_month")
    return None
