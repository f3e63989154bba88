"""One row's cells, read as text, codes, lists and numbers."""

import re
from collections.abc import Collection

from pydantic_core import PydanticCustomError

from services.assign.teams.roster.sheet import Line, Sheet
from services.assign.teams.roster.wrong import Table, Wrong
from shared.web.values import one_line

_CODE = re.compile(r"[\w.\-]{1,40}")
_LIST = re.compile(r"[;,|\s]+")


class Cells:
    """A row's cells; whoever reads one that is wrong leaves a note."""

    def __init__(self, sheet: Sheet, line: Line) -> None:
        self._table: Table = sheet.table
        self._cells = line.cells
        self.row = line.row
        self.wrong: list[Wrong] = []

    def blame(self, column: str, problem: str, **said: object) -> None:
        self.wrong.append(Wrong(self._table, self.row, column, self._cells.get(column), problem, said))

    def text(self, column: str, longest: int) -> str | None:
        """Clean text on one line; None where there is none."""
        try:
            text = one_line(self._cells.get(column, ""))
        except PydanticCustomError:
            self.blame(column, "unreadable_text")
            return None
        if len(text) > longest:
            self.blame(column, "too_long", longest=longest)
        return text or None

    def filled(self, column: str, longest: int) -> str:
        """Text that must be there."""
        before = len(self.wrong)
        text = self.text(column, longest)
        if text is None and len(self.wrong) == before:
            self.blame(column, "empty")
        return text or ""

    def code(self, column: str) -> str:
        text = self.filled(column, 40)
        if text and not _CODE.fullmatch(text):
            self.blame(column, "no_code")
        return text

    def words(self, column: str, known: Collection[str], problem: str) -> list[str] | None:
        """A list such as `vi;rad`, sorted, each once; None where the file has no such column."""
        if column not in self._cells:
            return None
        found = sorted({word for word in _LIST.split(self._cells[column].lower()) if word})
        for word in found:
            if word not in known:
                self.blame(column, problem, word=word, known=", ".join(known))
        return found

    def degrees(self, column: str, limits: tuple[float, float]) -> float | None:
        """A latitude or longitude; a decimal comma is one, too."""
        text = self._cells.get(column, "")
        if not text:
            return None
        try:
            value = float(text.replace(",", "."))
        except ValueError:
            self.blame(column, "no_number")
            return None
        if not limits[0] <= value <= limits[1]:
            self.blame(column, "outside_vietnam")
        return value

    def notes(self, own: Collection[str]) -> dict[str, str]:
        """What stands in further columns."""
        return {column: self.text(column, 500) or "" for column in self._cells if column not in own}
