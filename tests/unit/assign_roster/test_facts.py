"""Each cell of a roster, judged by itself."""

import pytest

from services.assign.teams.roster.facts import MemberFacts, TeamFacts, member_facts, team_facts
from services.assign.teams.roster.sheet import read_sheet

SKILLS = ("payments", "device")


def team(**cells: str) -> tuple[list[TeamFacts], list[tuple[str | None, str]]]:
    given = {"team_code": "T1", "team_name": "Tổ Một", "commune_code": "24121"} | cells
    sheet, _ = read_sheet("teams", _csv(given))
    facts, wrong = team_facts(sheet)
    return facts, [(found.column, found.problem) for found in wrong]


def member(**cells: str) -> tuple[list[MemberFacts], list[tuple[str | None, str]]]:
    given = {"team_code": "T1", "full_name": "Nguyễn Thị Lan", "phone": "0905123456"} | cells
    sheet, _ = read_sheet("members", _csv(given))
    facts, wrong = member_facts(sheet, SKILLS)
    return facts, [(found.column, found.problem) for found in wrong]


def _csv(cells: dict[str, str]) -> bytes:
    return ("\t".join(cells) + "\n" + "\t".join(cells.values())).encode()


@pytest.mark.parametrize(
    ("cells", "wrong"),
    [
        ({"team_code": ""}, ("team_code", "empty")),
        ({"team_code": "T 1"}, ("team_code", "no_code")),
        ({"team_name": ""}, ("team_name", "empty")),
        ({"team_name": "x" * 121}, ("team_name", "too_long")),
        ({"team_name": "a\x00b"}, ("team_name", "unreadable_text")),
        ({"lat": "12.6"}, ("lon", "half_location")),
        ({"lon": "108.1"}, ("lat", "half_location")),
        ({"lat": "mười hai", "lon": "108.1"}, ("lat", "no_number")),
        ({"lat": "nan", "lon": "108.1"}, ("lat", "outside_vietnam")),
        ({"lat": "108.1", "lon": "12.6"}, ("lat", "outside_vietnam")),
    ],
)
def test_a_wrong_cell_of_a_team_is_named_with_its_column(cells: dict[str, str], wrong: tuple[str, str]) -> None:
    facts, found = team(**cells)
    assert wrong in found and not facts


def test_a_location_is_taken_with_a_decimal_comma_or_left_out() -> None:
    (facts,), _ = team(lat="12,66243", lon="108,13094")
    assert facts.point == (12.66243, 108.13094)
    (facts,), _ = team(lat="", lon="")
    assert facts.point is None


def test_further_columns_are_kept_as_notes_and_an_old_commune_parts_villages() -> None:
    (facts,), _ = team(village="Thôn 1", commune_2022="Xã Cũ", district_2022="Huyện Lắk")
    assert facts.former_commune == "Xã Cũ"
    assert facts.notes == {"commune_2022": "Xã Cũ", "district_2022": "Huyện Lắk"}


@pytest.mark.parametrize(
    ("cells", "wrong"),
    [
        ({"phone": "090512"}, ("phone", "no_phone")),
        ({"phone": "+1 212 555 0100"}, ("phone", "no_phone")),
        ({"phone": ""}, ("phone", "empty")),
        ({"full_name": " "}, ("full_name", "empty")),
        ({"role": "boss"}, ("role", "no_role")),
        ({"skills": "payments;magic"}, ("skills", "unknown_skill")),
        ({"languages": "vi;xx"}, ("languages", "unknown_language")),
    ],
)
def test_a_wrong_cell_of_a_member_is_named_with_its_column(cells: dict[str, str], wrong: tuple[str, str]) -> None:
    facts, found = member(**cells)
    assert found == [wrong] and not facts


def test_every_wrong_cell_of_a_row_is_reported() -> None:
    _, found = member(phone="1", role="boss", skills="magic")
    assert {column for column, _ in found} == {"phone", "role", "skills"}


def test_a_member_is_read_as_people_write() -> None:
    (facts,), wrong = member(phone="0905 123 456", role="Leader", skills="device; payments,device", languages="RAD|vi")
    assert not wrong
    assert facts.phone == "+84905123456"
    assert facts.role == "leader"
    assert facts.skills == ["device", "payments"]
    assert facts.languages == ["rad", "vi"]


def test_what_has_no_column_is_not_said() -> None:
    (facts,), _ = member()
    assert (facts.role, facts.skills, facts.languages) == (None, None, None)
