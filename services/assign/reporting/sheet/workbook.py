"""The sheet as a workbook: one page for each table, ready to print on A4, and one that says how each is counted."""

import io
from typing import Any

import xlsxwriter

from services.assign.reporting.sheet.document import Document, Table, TableRow, document_of
from services.assign.reporting.sheet.lines import Kind
from services.assign.reporting.sheet.reading import Sheet
from shared.web.languages import Translator

A4 = 9
FORMATS: dict[Kind, str] = {"count": "#,##0", "share": "0.0%", "mean": "0.0"}
_NAME_WIDTH, _VALUE_WIDTH, _HOW_WIDTH = 34, 11, 110
_LAST_LETTERS = 31
"""Letters that the name of a worksheet may have."""


def workbook_of(sheet: Sheet, t: Translator) -> bytes:
    """The whole file."""
    content = io.BytesIO()
    written = document_of(sheet, t)
    with xlsxwriter.Workbook(content, {"in_memory": True, "strings_to_formulas": False}) as book:
        book.set_properties({"title": f"{written.title}: {written.subject}"})
        styles = _Styles(book)
        for table in written.tables:
            _TablePage(book.add_worksheet(table.heading[:_LAST_LETTERS]), styles, written, table, t).write()
        _counting(book.add_worksheet(t("sheet.counting")), styles, written)
    return content.getvalue()


class _Styles:
    """Formats, each made once."""

    def __init__(self, book: Any) -> None:
        edge = {"border": 1, "valign": "vcenter"}
        self.centre = book.add_format({"align": "center", "valign": "vcenter"})
        self.strong = book.add_format({"align": "center", "bold": True, "valign": "vcenter"})
        self.title = book.add_format({"align": "center", "bold": True, "font_size": 14})
        self.soft = book.add_format({"align": "center", "italic": True})
        self.plain = book.add_format({"text_wrap": True, "valign": "top"})
        self.name = book.add_format({"bold": True, "valign": "top"})
        self.head = book.add_format(edge | {"bold": True, "align": "center", "text_wrap": True, "bg_color": "#E4F1EF"})
        self.text = book.add_format(edge | {"text_wrap": True})
        self.sum_text = book.add_format(edge | {"bold": True})
        self.values: dict[Kind, Any] = {
            kind: book.add_format(edge | {"num_format": shape}) for kind, shape in FORMATS.items()
        }
        self.sums: dict[Kind, Any] = {
            kind: book.add_format(edge | {"num_format": shape, "bold": True}) for kind, shape in FORMATS.items()
        }


class _TablePage:
    """One table with the head of the report above it and the places for signatures below."""

    def __init__(self, page: Any, styles: _Styles, written: Document, table: Table, t: Translator) -> None:
        self.page, self.styles, self.written, self.table, self.t = page, styles, written, table, t
        self.last = len(table.columns)
        self.middle = self.last // 2

    def write(self) -> None:
        self.page.set_paper(A4)
        self.page.set_landscape()
        self.page.fit_to_pages(1, 0)
        self.page.set_column(0, 0, _NAME_WIDTH)
        self.page.set_column(1, self.last, _VALUE_WIDTH)
        row = self._table(self._letter_head())
        for sentence in (*self.written.summary, *self.written.teams):
            row += 1
            self.page.merge_range(row, 0, row, self.last, "", self.styles.plain)
            self.page.write_string(row, 0, sentence, self.styles.plain)
            self.page.set_row(row, 15 * (1 + len(sentence) // 130))
        self._signatures(row + 2)

    def _letter_head(self) -> int:
        """The row below it."""
        left = [*self.written.authority, self.t("sheet.number")]
        right = [self.t("sheet.republic"), self.t("sheet.motto"), self.written.place_and_date]
        for row, said in enumerate(left):
            self._across(row, 0, self.middle - 1, said, self.styles.strong)
        for row, said in enumerate(right):
            self._across(row, self.middle, self.last, said, self.styles.soft if row == 2 else self.styles.strong)
        below = max(len(left), len(right))
        titles = [(self.written.title, self.styles.title), (self.written.subject, self.styles.strong)]
        titles += [(said, self.styles.soft) for said in (self.written.counted, self.written.addressed) if said]
        for row, (said, style) in enumerate(titles, below):
            self._across(row, 0, self.last, said, style)
        return below + len(titles)

    def _table(self, row: int) -> int:
        """Its last row."""
        self.page.merge_range(row, 0, row + 1, 0, "", self.styles.head)
        self.page.write_string(row, 0, self.table.of, self.styles.head)
        place = 1
        for group, span in self.table.groups:
            if group:
                self._across(row, place, place + span - 1, group, self.styles.head)
            else:
                self.page.merge_range(row, place, row + 1, place, "", self.styles.head)
                self.page.write_string(row, place, self.table.columns[place - 1].name, self.styles.head)
            place += span
        for number, column in enumerate(self.table.columns, 1):
            if column.group:
                self.page.write_string(row + 1, number, column.name, self.styles.head)
        self.page.set_row(row + 1, 32)
        self.page.freeze_panes(row + 2, 1)
        self.page.repeat_rows(row, row + 1)
        for line, entry in enumerate(self.table.rows, row + 2):
            self._row(line, entry, self.styles.text, self.styles.values)
        below = row + 2 + len(self.table.rows)
        self._row(below, self.table.sum, self.styles.sum_text, self.styles.sums)
        return below

    def _row(self, row: int, entry: TableRow, text: Any, values: dict[Kind, Any]) -> None:
        self.page.write_string(row, 0, f"{entry.name} ({entry.note})" if entry.note else entry.name, text)
        for number, (column, value) in enumerate(zip(self.table.columns, entry.values, strict=True), 1):
            if value is None:
                self.page.write_blank(row, number, None, values[column.kind])
            else:
                self.page.write_number(row, number, value, values[column.kind])

    def _signatures(self, row: int) -> None:
        for who, first, last in (("made_by", 0, self.middle - 1), ("head", self.middle, self.last)):
            self._across(row, first, last, self.t(f"sheet.{who}"), self.styles.strong)
            self._across(row + 1, first, last, self.t(f"sheet.{who}_how"), self.styles.soft)

    def _across(self, row: int, first: int, last: int, said: str, style: Any) -> None:
        """A text over several columns; never a formula."""
        if last > first:
            self.page.merge_range(row, first, row, last, "", style)
        self.page.write_string(row, first, said, style)


def _counting(page: Any, styles: _Styles, written: Document) -> None:
    page.set_paper(A4)
    page.set_landscape()
    page.set_column(0, 0, _NAME_WIDTH)
    page.set_column(1, 1, _HOW_WIDTH)
    for row, (name, how) in enumerate(written.how):
        page.write_string(row, 0, name, styles.name)
        page.write_string(row, 1, how, styles.plain)
        page.set_row(row, 15 * (1 + len(how) // 115))
