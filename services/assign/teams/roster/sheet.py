"""A table as an office sends it: CSV in UTF-8, with or without a byte order mark, parted by comma, semicolon or tab."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from services.assign.teams.roster.wrong import Table, Wrong

DELIMITERS = ",;\t"
REQUIRED: dict[Table, tuple[str, ...]] = {
    "teams": ("team_code", "team_name", "commune_code"),
    "members": ("team_code", "full_name", "phone"),
}


@dataclass(frozen=True)
class Line:
    """One row: its number in the spreadsheet and its cells by column, stripped."""

    row: int
    cells: dict[str, str]


@dataclass(frozen=True)
class Sheet:
    """A table that could be read. What has no column in it is left as it is."""

    table: Table
    columns: tuple[str, ...]
    lines: list[Line]


def read_sheet(table: Table, content: bytes) -> tuple[Sheet, list[Wrong]]:
    """The table in a CSV file, and what keeps it from being read (then it has no lines)."""
    nothing = Sheet(table, (), [])
    try:
        text = content.decode("utf-8-sig")
        records = list(csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True))
    except UnicodeDecodeError:
        return nothing, [Wrong(table, None, None, None, "not_utf8")]
    except csv.Error:
        return nothing, [Wrong(table, None, None, None, "not_csv")]
    columns = tuple(_column(name) for name in records[0]) if records else ()
    wrong = _wrong_heading(table, columns)
    if wrong:
        return nothing, wrong
    return _lines(table, columns, records)


def _delimiter(text: str) -> str:
    """The one that parts the heading into most columns."""
    heading = text.lstrip("\r\n").split("\n", 1)[0]
    return max(DELIMITERS, key=heading.count)


def _column(name: str) -> str:
    return "_".join(name.strip().lower().split())


def _wrong_heading(table: Table, columns: Sequence[str]) -> list[Wrong]:
    missing = [Wrong(table, 1, name, None, "column_missing") for name in REQUIRED[table] if name not in columns]
    twice = sorted({name for name in columns if name and columns.count(name) > 1})
    return missing + [Wrong(table, 1, name, None, "column_twice") for name in twice]


def _lines(table: Table, columns: Sequence[str], records: Sequence[Sequence[str]]) -> tuple[Sheet, list[Wrong]]:
    """Rows below the heading; empty ones are passed over, one with more cells than the heading is wrong."""
    lines: list[Line] = []
    wrong: list[Wrong] = []
    for row, record in enumerate(records[1:], start=2):
        cells = [cell.strip() for cell in record]
        if not any(cells):
            continue
        if any(cells[len(columns) :]):
            wrong.append(Wrong(table, row, None, None, "too_many_cells"))
        named = dict(zip(columns, cells + [""] * (len(columns) - len(cells)), strict=False))
        named.pop("", None)
        lines.append(Line(row, named))
    return Sheet(table, tuple(filter(None, columns)), lines), wrong
