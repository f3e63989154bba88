"""A table as XLSX, written row by row in constant memory; its parts lie in a folder until they are packed.

https://xlsxwriter.readthedocs.io/working_with_memory.html
"""

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any

import xlsxwriter

from services.assign.reporting.exports.cells import Cell, Column, Kind
from shared.clock import local

MOST_ROWS = 1_048_575
"""Rows that Excel takes below the heading; what comes after stands on a further page."""
_FORMATS: dict[Kind, str] = {
    "text": "@",
    "count": "#,##0",
    "share": "0.0%",
    "mean": "0.00",
    "day": "dd/mm/yyyy",
    "time": "dd/mm/yyyy hh:mm:ss",
}
_LAST_LETTERS = 28


class Workbook:
    """Add rows, then `close`: only then is there a file. Not for two threads at once."""

    def __init__(
        self, target: Path | IO[bytes], parts: Path, title: str, columns: Sequence[Column], most_rows: int = MOST_ROWS
    ) -> None:
        """`parts`: a folder for what is written before it is packed."""
        options = {"constant_memory": True, "tmpdir": str(parts), "strings_to_formulas": False}
        self._book = xlsxwriter.Workbook(str(target) if isinstance(target, Path) else target, options)
        self._title, self._columns, self._most = title[:_LAST_LETTERS], columns, most_rows
        self._head = self._book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#E4F1EF"})
        self._formats = {kind: self._book.add_format({"num_format": shape}) for kind, shape in _FORMATS.items()}
        self._pages = 0
        self._begin_page()

    def add(self, rows: Sequence[Sequence[Cell]]) -> None:
        for row in rows:
            if self._row > self._most:
                self._begin_page()
            for place, (column, value) in enumerate(zip(self._columns, row, strict=True)):
                if value is not None:
                    self._write(place, column.kind, value)
            self._row += 1

    def close(self) -> None:
        """Pack it. OSError where the disk is full."""
        self._book.close()

    def _begin_page(self) -> None:
        self._pages += 1
        name = self._title if self._pages == 1 else f"{self._title} {self._pages}"
        self._page: Any = self._book.add_worksheet(name)
        self._page.freeze_panes(1, 1)
        for place, column in enumerate(self._columns):
            self._page.set_column(place, place, column.width)
        for place, column in enumerate(self._columns):
            self._page.write_string(0, place, column.name, self._head)
        self._row = 1

    def _write(self, place: int, kind: Kind, value: Cell) -> None:
        """Each by its own call: `write` would look at a text and guess."""
        if isinstance(value, str):
            self._page.write_string(self._row, place, value)
        elif isinstance(value, datetime):
            self._page.write_datetime(self._row, place, local(value).replace(tzinfo=None), self._formats[kind])
        elif isinstance(value, date):
            self._page.write_datetime(self._row, place, value, self._formats[kind])
        else:
            self._page.write_number(self._row, place, value, self._formats[kind])
