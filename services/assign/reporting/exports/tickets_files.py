"""`/supervisor/tickets.csv` leaves as it is read; `/supervisor/tickets.xlsx` is made in the background."""

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.assign.places import store as places
from services.assign.reporting.api import unit_for
from services.assign.reporting.exports import store, tickets
from services.assign.reporting.exports.busy import room_for_one
from services.assign.reporting.exports.cells import Cell
from services.assign.reporting.exports.making import maker_of
from services.assign.reporting.exports.streaming import Csv
from services.assign.reporting.exports.wanted import TicketsAsked, Wanted
from services.assign.reporting.supervisor.watchers import Watcher
from shared.identity import Principal
from shared.service import Service, service_of
from shared.web.languages import Translator, page_language

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Chosen:
    """The tickets of a file, and what makes cells of them; `name` is without its ending."""

    name: str
    statement: Select[Any]
    cells: Callable[[Sequence[Any]], list[Cell]]


@router.get("/supervisor/tickets.csv")
async def as_csv(request: Request, watcher: Watcher, wanted: TicketsAsked) -> Response:
    """Every ticket of the list, on all of its pages."""
    if watcher is None:
        return RedirectResponse("/sign-in", 303)
    service, t = service_of(request), Translator(page_language(request))
    async with service.store.read() as connection:
        chosen = await _chosen(request, connection, watcher, wanted, t)
    with room_for_one():
        return Csv(
            watcher.id,
            f"{chosen.name}.csv",
            maker_of(request).seats,
            tickets.columns(t),
            chosen.cells,
            _chunks(service, chosen.statement),
        )


@router.get("/supervisor/tickets.xlsx")
async def as_workbook(request: Request, watcher: Watcher, wanted: TicketsAsked) -> Response:
    """Begin it and lead to the page that says how far it is; to that of the one already under way, if there is one."""
    if watcher is None:
        return RedirectResponse("/sign-in", 303)
    service, maker, t = service_of(request), maker_of(request), Translator(page_language(request))
    async with service.store.read() as connection:
        chosen = await _chosen(request, connection, watcher, wanted, t)
        if found := maker.shelf.under_way(watcher.id):
            return RedirectResponse(f"/supervisor/exports/{found.id}?other=yes", 303)
        total = await store.count(connection, chosen.statement)
    with room_for_one():
        begun = maker.begin(
            watcher.id,
            f"{chosen.name}.xlsx",
            t("exports.tickets"),
            tickets.columns(t),
            chosen.cells,
            chosen.statement,
            total,
        )
    return RedirectResponse(f"/supervisor/exports/{begun.id}", 303)


async def _chosen(
    request: Request, connection: AsyncConnection, watcher: Principal, wanted: Wanted, t: Translator
) -> Chosen:
    """Problem 404 outside one's territory, 422 for days that make no period."""
    now = service_of(request).clock.now()
    place = await unit_for(connection, watcher, wanted.filters.unit or None)
    names = {
        one.code: one.name_en if t.language == "en" else one.name_vi for one in await places.categories(connection)
    }
    days = "_".join(day for day in (wanted.first, wanted.last) if day)
    name = "_".join(part for part in ("yeu-cau", place.code if place else "tat-ca", days) if part)
    return Chosen(name, store.chosen(place, wanted, now), tickets.writer(names, now, t))


async def _chunks(service: Service, statement: Select[Any]) -> AsyncGenerator[Sequence[Any], None]:
    async with service.store.read() as connection, aclosing(store.chunks(connection, statement)) as chunks:
        async for rows in chunks:
            yield rows
