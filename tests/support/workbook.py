"""What a spreadsheet program finds in an XLSX file: its pages as rows of texts and numbers."""

import io
import re
import zipfile
from dataclasses import dataclass
from html import unescape
from typing import Any
from xml.etree import ElementTree as Xml

_SPACE = {"x": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}


@dataclass
class Page:
    """`rows` by number from 0, each with its values by column from 0; `formulas` counts cells that are computed."""

    name: str
    rows: dict[int, dict[int, Any]]
    formulas: int
    frozen_rows: int
    widths: list[float]

    def row_that_begins(self, text: str) -> list[Any]:
        """The values of the first row whose first cell is `text`."""
        found = next(row for row in self.rows.values() if row.get(0) == text)
        return [found[column] for column in sorted(found)]


def pages_of(content: bytes) -> list[Page]:
    """Every worksheet, in order."""
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        assert file.testzip() is None
        names = [unescape(name) for name in re.findall(r'<sheet name="([^"]*)"', file.read("xl/workbook.xml").decode())]
        shared = _shared(file)
        return [_page(name, file.read(f"xl/worksheets/sheet{n}.xml"), shared) for n, name in enumerate(names, 1)]


def _shared(file: zipfile.ZipFile) -> list[str]:
    if "xl/sharedStrings.xml" not in file.namelist():
        return []
    root = Xml.fromstring(file.read("xl/sharedStrings.xml"))  # noqa: S314  (our own file)
    return ["".join(text.text or "" for text in entry.iterfind(".//x:t", _SPACE)) for entry in root]


def _page(name: str, content: bytes, shared: list[str]) -> Page:
    root = Xml.fromstring(content)  # noqa: S314
    rows = {
        int(row.attrib["r"]) - 1: {
            _column(cell.attrib["r"]): value
            for cell in row.iterfind("x:c", _SPACE)
            if (value := _value(cell, shared)) is not None
        }
        for row in root.iterfind(".//x:row", _SPACE)
    }
    pane = root.find(".//x:pane", _SPACE)
    return Page(
        name,
        rows,
        len(root.findall(".//x:f", _SPACE)),
        int(pane.attrib.get("ySplit", 0)) if pane is not None else 0,
        [float(column.attrib["width"]) for column in root.iterfind(".//x:col", _SPACE)],
    )


def _value(cell: Xml.Element, shared: list[str]) -> Any:
    kind, value = cell.attrib.get("t"), cell.find("x:v", _SPACE)
    if kind == "inlineStr":
        return "".join(text.text or "" for text in cell.iterfind(".//x:t", _SPACE))
    if value is None:
        return None
    return shared[int(value.text or 0)] if kind == "s" else float(value.text or 0)


def _column(place: str) -> int:
    number = 0
    for letter in re.sub(r"\d", "", place):
        number = number * 26 + ord(letter) - 64
    return number - 1
