"""A CSV that leaves as it is read: its memory is one chunk, however many rows there are."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from typing import Any

import structlog
from fastapi.responses import StreamingResponse
from starlette.types import Message, Receive, Scope, Send

from services.assign.reporting.exports.cells import Cell, Column, csv_of, heading_of
from services.assign.reporting.exports.files import CSV, attachment
from services.assign.reporting.exports.seats import Seats

log = structlog.get_logger()
PATIENCE_S = 120.0
"""As long as PostgreSQL waits for a transaction in which nothing happens."""


class Csv(StreamingResponse):
    """`chunks` of rows that `cells` makes cells of. Holds a seat from now until the last row, until the reader goes, or
    until it has taken nothing for `PATIENCE_S`.

    Raises AlreadyMaking, AllTaken.
    """

    def __init__(
        self,
        who: str,
        name: str,
        seats: Seats,
        columns: Sequence[Column],
        cells: Callable[[Any], list[Cell]],
        chunks: AsyncGenerator[Sequence[Any], None],
    ) -> None:
        seats.take(who)
        self._who, self._name, self._seats, self._rows = who, name, seats, 0
        self._all_read = False
        self._made = self._lines(columns, cells, chunks)
        super().__init__(self._made, media_type=CSV, headers=attachment(name))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = time.monotonic()

        async def send_in_time(message: Message) -> None:
            async with asyncio.timeout(PATIENCE_S):
                await send(message)

        try:
            await super().__call__(scope, receive, send_in_time)
        except TimeoutError:  # what was begun is broken off: the server closes a connection that is left unfinished
            self._all_read = False
        finally:
            await self._made.aclose()  # and with it the connection that it reads by
            self._seats.leave(self._who)
            seconds = round(time.monotonic() - begun, 1)
            event = "export.made" if self._all_read else "export.left"
            log.info(event, who=self._who, what=self._name, rows=self._rows, seconds=seconds)

    async def _lines(
        self, columns: Sequence[Column], cells: Callable[[Any], list[Cell]], chunks: AsyncGenerator[Sequence[Any], None]
    ) -> AsyncGenerator[str, None]:
        yield heading_of(columns)
        async with aclosing(chunks):
            async for rows in chunks:
                yield await asyncio.to_thread(lambda rows=rows: csv_of(columns, map(cells, rows)))
                self._rows += len(rows)
        self._all_read = True
