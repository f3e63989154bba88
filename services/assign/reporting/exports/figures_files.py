"""`/supervisor/export.csv` and `.xlsx`: the table of figures, with the words of the page of figures."""

import asyncio
import io
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import structlog
from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from services.assign.places import store as places
from services.assign.reporting.api import ReadBy, make_rows, only_of, period_of, unit_for
from services.assign.reporting.exports import figures
from services.assign.reporting.exports.busy import room_for_one
from services.assign.reporting.exports.cells import Cell, Column
from services.assign.reporting.exports.files import XLSX, attachment
from services.assign.reporting.exports.making import maker_of
from services.assign.reporting.exports.streaming import Csv
from services.assign.reporting.exports.wanted import day_of_field
from services.assign.reporting.exports.workbook import Workbook
from services.assign.reporting.period import this_month
from services.assign.reporting.report import Key
from services.assign.reporting.supervisor.reading import key_names
from services.assign.reporting.supervisor.watchers import Watcher
from shared.identity import Principal
from shared.service import service_of
from shared.web.languages import Translator, page_language, say
from shared.web.problems import Problem

router = APIRouter(include_in_schema=False)
log = structlog.get_logger()
First = Annotated[str, Query(alias="from")]
Last = Annotated[str, Query(alias="to")]


@dataclass(frozen=True, slots=True)
class Table:
    """What a file says: `name` without its ending."""

    name: str
    columns: list[Column]
    rows: list[list[Cell]]


@router.get("/supervisor/export.csv")
async def as_csv(
    request: Request, watcher: Watcher, unit: str = "", first: First = "", last: Last = "", by: ReadBy = "unit"
) -> Response:
    """The figures of `GET /api/v1/metrics`, times in working minutes."""
    if watcher is None:
        return RedirectResponse("/sign-in", 303)
    table = await _table(request, watcher, unit, first, last, by)
    with room_for_one():
        return Csv(watcher.id, f"{table.name}.csv", maker_of(request).seats, table.columns, list, _at_once(table))


@router.get("/supervisor/export.xlsx")
async def as_workbook(
    request: Request, watcher: Watcher, unit: str = "", first: First = "", last: Last = "", by: ReadBy = "unit"
) -> Response:
    """The same as a workbook: a row for each key is little enough to wait for."""
    if watcher is None:
        return RedirectResponse("/sign-in", 303)
    table, seats = await _table(request, watcher, unit, first, last, by), maker_of(request).seats
    with room_for_one():
        seats.take(watcher.id)
        try:
            content = await asyncio.to_thread(_packed, table, Translator(page_language(request))("exports.figures"))
        finally:
            seats.leave(watcher.id)
    log.info("export.made", who=watcher.id, what=f"{table.name}.xlsx", rows=len(table.rows))
    return Response(content, media_type=XLSX, headers=attachment(f"{table.name}.xlsx"))


async def _table(request: Request, watcher: Principal, unit: str, first: str, last: str, by: ReadBy) -> Table:
    """Problem 404 outside one's territory, 422 for days that make no period."""
    service, t = service_of(request), Translator(page_language(request))
    now = service.clock.now()
    period = period_of(day_of_field("from", first), day_of_field("to", last), this_month(now))
    only = only_of(request.query_params)
    if only and by not in ("unit", "day", only.dimension):
        raise Problem(422, errors={"by": say("validation.other")})
    async with service.store.snapshot() as connection:
        place = await unit_for(connection, watcher, unit or None)
        rows = await make_rows(connection, place, by, period, now, only)
        names = await _names(connection, by, list(rows), t)
    name = f"so-lieu_{by}_{place.code if place else 'tat-ca'}_{period.first}_{period.last}"
    return Table(name, figures.columns(by, t), figures.cells(by, rows, names, t))


async def _names(connection: AsyncConnection, by: ReadBy, keys: list[Key], t: Translator) -> dict[str, str]:
    if by == "category":
        return {
            one.code: one.name_en if t.language == "en" else one.name_vi for one in await places.categories(connection)
        }
    if by == "channel":
        return {key: t(f"supervisor.channel.{key}") for key in keys if key and t.has(f"supervisor.channel.{key}")}
    return await key_names(connection, by, keys)


async def _at_once(table: Table) -> AsyncGenerator[list[list[Cell]], None]:
    yield table.rows


def _packed(table: Table, title: str) -> bytes:
    content = io.BytesIO()
    with TemporaryDirectory() as parts:
        book = Workbook(content, Path(parts), title, table.columns)
        book.add(table.rows)
        book.close()
    return content.getvalue()
