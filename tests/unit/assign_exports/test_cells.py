"""What a spreadsheet finds in a CSV cell: never a formula, no code that loses its zeros, numbers as numbers."""

import csv
import io
from datetime import UTC, date, datetime

import pytest

from services.assign.reporting.exports.cells import Cell, Column, Kind, csv_of, harmless, heading_of


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+84905123456", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "\u00a0=1", "＝1", "＋1", "－1", "＠x"],
)
def test_what_would_be_computed_is_a_text(text: str):
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("text", ["0905123456", "84905123456", "00004", "482915307"])
def test_digits_that_would_be_taken_for_a_number_are_a_text(text: str):
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("text", ["Buôn Akŏ Dhông", "24121", "482 915 307", "a=b", "0905 là số", "", "Tổ 1 - 2"])
def test_other_texts_stay_as_they_are(text: str):
    assert harmless(text) == text


@pytest.mark.parametrize(
    ("value", "kind", "written"),
    [
        (1147, "count", "1147"),
        (-3, "count", "-3"),
        (0.93456, "share", "93.5"),
        (4.5, "mean", "4.5"),
        (date(2026, 11, 25), "day", "2026-11-25"),
        (datetime(2026, 11, 24, 17, 0, 7, tzinfo=UTC), "time", "2026-11-25 00:00:07"),
        (None, "time", ""),
    ],
)
def test_values_are_written_so_that_they_are_read_back(value: Cell, kind: Kind, written: str):
    assert csv_of([Column("x", kind)], [[value], ["y"]]).splitlines()[0] == (written or '""')


def test_a_line_is_read_back_whole():
    said = ['nói "gấp", rồi\nxuống dòng', "Ê Đê; M’nông", "a,b"]
    text = csv_of([Column("x", "text")] * 3, [said])
    assert list(csv.reader(io.StringIO(text, newline=""))) == [said]


def test_the_heading_says_that_it_is_utf8():
    assert heading_of([Column("Mã"), Column("=Tổ")]).encode() == b"\xef\xbb\xbf" + "Mã,'=Tổ\r\n".encode()
