"""What an installation promises as it begins: product.md's targets, in working seconds."""

from datetime import date

import pytest

from services.assign.places.duties import categories, policies
from services.assign.places.national import province_with_communes
from services.assign.places.villages import village_id
from shared.working_time import Calendar

HOUR = 3600.0


def test_the_ten_duties_stand_in_their_order_and_only_the_scam_lane_is_urgent() -> None:
    found = categories()
    assert [category.position for category in found] == list(range(1, 11))
    assert found[0].code == "public_services" and found[-1].code == "other"
    assert [category.code for category in found if category.urgent] == ["scam_safety"]


@pytest.mark.parametrize(
    ("category", "response_hours", "resolution_hours"),
    [("scam_safety", 0.5, 4), ("connectivity", 4, 16), ("payments", 2, 24), ("other", 2, 24)],
)
def test_targets_are_promised_in_working_hours(category: str, response_hours: float, resolution_hours: float) -> None:
    policy = next(policy for policy in policies(2026) if policy.category == category)
    assert (policy.response_s, policy.resolution_s) == (response_hours * HOUR, resolution_hours * HOUR)


def test_what_cannot_wait_counts_round_the_clock_and_asks_three_teams_at_once() -> None:
    scam = next(policy for policy in policies(2026) if policy.category == "scam_safety")
    assert Calendar.from_dict(scam.calendar).is_round_the_clock
    assert (scam.first_teams, scam.widen_s, scam.urgent) == (3, 300, True)
    assert {(policy.first_teams, policy.widen_s) for policy in policies(2026) if not policy.urgent} == {(1, 1200)}


def test_office_hours_know_the_holidays_of_the_years_around() -> None:
    calendar = Calendar.from_dict(policies(2026)[0].calendar)
    assert not calendar.hours_on(date(2025, 9, 2)), "National Day of the year before"
    assert not calendar.hours_on(date(2026, 2, 17)), "Tết"
    assert not calendar.hours_on(date(2028, 1, 26)), "Tết two years on"
    assert calendar.hours_on(date(2026, 8, 22)), "a Saturday worked in lieu"
    assert [str(hours) for hours in calendar.hours_on(date(2026, 11, 25))] == ["07:30-11:30", "13:00-17:00"]


def test_a_province_stands_over_its_communes() -> None:
    province, *communes = province_with_communes("66")
    assert (province.key, province.kind, province.parent, province.path) == ("66@2025-07-01", "province", None, ["66"])
    assert len(communes) == 102
    assert all(commune.parent == province.key and commune.path == ["66", commune.code] for commune in communes)
    tan_lap = next(commune for commune in communes if commune.code == "24121")
    assert (tan_lap.key, tan_lap.full_name) == ("24121@2025-07-01", "Phường Tân Lập")
    assert any("Tân Hòa" in name for name in tan_lap.former_names)


def test_a_code_that_no_province_has_is_an_error() -> None:
    with pytest.raises(LookupError):
        province_with_communes("99")


def test_villages_of_one_name_are_told_apart_by_their_former_commune() -> None:
    first = village_id("24121@2025-07-01", "Phường Tân Hòa", "Tổ dân phố 1")
    assert first != village_id("24121@2025-07-01", "Phường Tân Lập", "Tổ dân phố 1")
    assert first == village_id("24121@2025-07-01", "Phường Tân Hòa", "tổ  dân phố 1"), "case and spaces do not count"
