"""A CSV that leaves as it is read: its memory is one chunk, however many rows there are."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

import structlog
from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from services.assign.reporting.exports.cells import Cell, Column, csv_of, heading_of
from services.assign.reporting.exports.files import CSV, attachment
from services.assign.reporting.exports.seats import Seats

log = structlog.get_logger()


class Csv(StreamingResponse):
    """`chunks` of rows that `cells` makes cells of. Holds a seat from now until the last row, or until the reader goes.

    Raises AlreadyMaking, AllTaken.
    """

    def __init__(
        self,
        who: str,
        name: str,
        seats: Seats,
        columns: Sequence[Column],
        cells: Callable[[Any], list[Cell]],
        chunks: AsyncIterator[Sequence[Any]],
    ) -> None:
        seats.take(who)
        self._who, self._name, self._seats, self._rows = who, name, seats, 0
        super().__init__(self._lines(columns, cells, chunks), media_type=CSV, headers=attachment(name))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun, event = time.monotonic(), "export.left"
        try:
            await super().__call__(scope, receive, send)
            event = "export.made"
        finally:
            self._seats.leave(self._who)
            seconds = round(time.monotonic() - begun, 1)
            log.info(event, who=self._who, what=self._name, rows=self._rows, seconds=seconds)

    async def _lines(
        self, columns: Sequence[Column], cells: Callable[[Any], list[Cell]], chunks: AsyncIterator[Sequence[Any]]
    ) -> AsyncIterator[str]:
        yield heading_of(columns)
        async for rows in chunks:
            yield await asyncio.to_thread(lambda rows=rows: csv_of(columns, map(cells, rows)))
            self._rows += len(rows)
