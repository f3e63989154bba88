"""Makes XLSX files in the background, a few at once, and says how far each is."""

import asyncio
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import structlog
from fastapi import Request
from sqlalchemy import Select

from services.assign.reporting.exports import store
from services.assign.reporting.exports.cells import Cell, Column
from services.assign.reporting.exports.seats import Seats
from services.assign.reporting.exports.shelf import Export, Making, Shelf
from services.assign.reporting.exports.workbook import Workbook
from shared.service import Service
from shared.tasks import end

log = structlog.get_logger()
Cells = Callable[[Sequence[Any]], list[Cell]]
TOLD_S = 0.5
"""How often the state is written down."""


class Maker:
    """The files of one process."""

    def __init__(self, service: Service, shelf: Shelf) -> None:
        self.shelf = shelf
        self.seats = Seats()
        self._service = service
        self._tasks: set[asyncio.Task[None]] = set()

    def begin(
        self, who: str, name: str, title: str, columns: list[Column], cells: Cells, statement: Select[Any], total: int
    ) -> Export:
        """Raises AlreadyMaking, AllTaken, OSError."""
        self.seats.take(who)
        try:
            making = self.shelf.begin(who, name, total)
        except BaseException:
            self.seats.leave(who)
            raise
        task = asyncio.create_task(
            self._make(making, title, columns, cells, statement), name=f"export-{making.export.id}"
        )
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return making.export

    async def work(self) -> datetime | None:
        """A cycle, and once at the start: nothing lies there for longer than it may, nor after its process died."""
        await asyncio.to_thread(self.shelf.sweep)
        return None

    async def stop(self) -> None:
        await end(self._tasks)

    async def _make(
        self, making: Making, title: str, columns: list[Column], cells: Cells, statement: Select[Any]
    ) -> None:
        begun, export = time.monotonic(), making.export
        try:
            rows = await self._write(making, title, columns, cells, statement)
            making.finish()
            log.info(
                "export.made", who=export.who, what=export.name, rows=rows, seconds=round(time.monotonic() - begun, 1)
            )
        except BaseException as error:
            making.give_up()
            log.warning("export.failed", who=export.who, what=export.name, error=type(error).__name__)
            if not isinstance(error, Exception):
                raise
        finally:
            self.seats.leave(export.who)

    async def _write(
        self, making: Making, title: str, columns: list[Column], cells: Cells, statement: Select[Any]
    ) -> int:
        """Row by row in a thread, so that others are served between two chunks."""
        book = await asyncio.to_thread(Workbook, making.file, making.folder, title, columns)
        written, told = 0, time.monotonic()
        async with self._service.store.read() as connection:
            async for rows in store.chunks(connection, statement):
                await asyncio.to_thread(lambda rows=rows: book.add([cells(row) for row in rows]))
                written += len(rows)
                if time.monotonic() - told > TOLD_S:
                    making.has(written)
                    told = time.monotonic()
        making.has(written, "packing")
        await asyncio.to_thread(book.close)
        return written


def maker_of(request: Request) -> Maker:
    return request.app.state.exports
