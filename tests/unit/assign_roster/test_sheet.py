"""A roster's tables as offices save them."""

import pytest

from services.assign.teams.roster.sheet import read_sheet


def rows(content: bytes) -> list[dict[str, str]]:
    sheet, wrong = read_sheet("teams", content)
    assert not wrong
    return [line.cells for line in sheet.lines]


@pytest.mark.parametrize("parted", [",", ";", "\t"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_comma_semicolon_and_tab_are_read_with_and_without_a_byte_order_mark(parted: str, mark: bytes) -> None:
    text = parted.join(["team_code", "team_name", "commune_code"]) + "\r\n" + parted.join(["T1", "Tổ Một", "24121"])
    assert rows(mark + text.encode()) == [{"team_code": "T1", "team_name": "Tổ Một", "commune_code": "24121"}]


def test_a_heading_is_read_whatever_its_case_and_spaces() -> None:
    assert rows(b"Team Code , TEAM_NAME,commune_code\nT1,A,24121") == [
        {"team_code": "T1", "team_name": "A", "commune_code": "24121"}
    ]


def test_rows_have_the_numbers_of_the_spreadsheet_and_empty_ones_are_passed_over() -> None:
    sheet, _ = read_sheet("teams", b"team_code,team_name,commune_code\n\n,,\nT1,A,24121\n")
    assert [(line.row, line.cells["team_code"]) for line in sheet.lines] == [(4, "T1")]


def test_a_quoted_cell_may_hold_the_separator() -> None:
    assert rows(b'team_code;team_name;commune_code\nT1;"A; B";24121')[0]["team_name"] == "A; B"


@pytest.mark.parametrize(
    ("content", "problem", "column"),
    [
        ("team_code,team_name,commune_code\nT1,Tổ,24121".encode("utf-16"), "not_utf8", None),
        (b'team_code,team_name,commune_code\n"T1,A,24121', "not_csv", None),
        (b"team_code,team_name\nT1,A", "column_missing", "commune_code"),
        (b"team_code,team_name,commune_code,team_code\nT1,A,24121,T1", "column_twice", "team_code"),
        (b"", "column_missing", "team_code"),
    ],
)
def test_a_table_that_cannot_be_read_has_no_rows_and_says_why(content: bytes, problem: str, column: str | None) -> None:
    sheet, wrong = read_sheet("teams", content)
    assert not sheet.lines
    assert (wrong[0].problem, wrong[0].column) == (problem, column)


def test_more_cells_than_the_heading_has_are_wrong_and_fewer_are_blank() -> None:
    sheet, wrong = read_sheet("teams", b"team_code,team_name,commune_code,lat\nT1,A,24121\nT2,B,24121,12,108")
    assert sheet.lines[0].cells["lat"] == ""
    assert [(found.row, found.problem) for found in wrong] == [(3, "too_many_cells")]
