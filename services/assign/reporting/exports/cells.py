"""What stands in one cell of a file, and how a CSV writes it so that no spreadsheet computes it. Pure.

https://owasp.org/www-community/attacks/CSV_Injection: a text that begins with one of `= + - @`, a tab or a line's end
is a formula to a spreadsheet. A text of digits alone is a number to it: a code of a unit loses its zeros, a phone its
first digit. Both get an apostrophe before them, which says "text". XLSX knows texts as texts and needs none.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from shared.clock import local

Kind = Literal["text", "count", "share", "mean", "day", "time"]
Cell = str | int | float | date | datetime | None
BYTE_ORDER_MARK = "\ufeff"
"""Excel takes a CSV without it for the letters of its own country."""
_COMPUTED = tuple("=+-@\t\r\n＝＋－＠")
_DIGITS = re.compile(r"0\d+|\d{9,}")


@dataclass(frozen=True, slots=True)
class Column:
    """`width` in letters. Shares are parts of 1, times aware."""

    name: str
    kind: Kind = "count"
    width: int = 12


def csv_of(columns: Sequence[Column], rows: Iterable[Sequence[Cell]]) -> str:
    """Lines as RFC 4180 has them."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    kinds: list[Kind] = [column.kind for column in columns]
    writer.writerows([_written(value, kind) for value, kind in zip(row, kinds, strict=True)] for row in rows)
    return text.getvalue()


def heading_of(columns: Sequence[Column]) -> str:
    """The first line, after the mark that says UTF-8."""
    return BYTE_ORDER_MARK + csv_of([Column("", "text")] * len(columns), [[column.name for column in columns]])


def harmless(text: str) -> str:
    """The text, with an apostrophe before it where a spreadsheet would compute it or take it for a number."""
    bare = text.lstrip(" \u00a0")
    return f"'{text}" if text.startswith(_COMPUTED) or bare.startswith(_COMPUTED) or _DIGITS.fullmatch(bare) else text


def _written(value: Cell, kind: Kind) -> str | int | float:
    if value is None:
        return ""
    if isinstance(value, str):
        return harmless(value)
    if isinstance(value, datetime):
        return f"{local(value):%Y-%m-%d %H:%M:%S}"
    if isinstance(value, date):
        return value.isoformat()
    return round(value * 100, 1) if kind == "share" else value
