"""What an installation promises as it begins: product.md's targets, in working seconds."""

from datetime import date

import pytest

from services.assign.calendars.law import holidays_around, office
from services.assign.calendars.own import composed
from services.assign.places.duties import categories, policies

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
    policy = next(policy for policy in policies() if policy.category == category)
    assert (policy.response_s, policy.resolution_s) == (response_hours * HOUR, resolution_hours * HOUR)


def test_what_cannot_wait_is_urgent_and_asks_three_teams_at_once() -> None:
    scam = next(policy for policy in policies() if policy.category == "scam_safety")
    assert (scam.first_teams, scam.widen_s, scam.urgent) == (3, 300, True)
    assert {(policy.first_teams, policy.widen_s) for policy in policies() if not policy.urgent} == {(1, 1200)}


def test_office_hours_know_the_holidays_of_the_years_around() -> None:
    today = date(2026, 11, 25)
    calendar = composed(office(), holidays_around(today), today)
    assert not calendar.hours_on(date(2025, 9, 2)), "National Day of the year before"
    assert not calendar.hours_on(date(2026, 2, 17)), "Tết"
    assert not calendar.hours_on(date(2028, 1, 26)), "Tết two years on"
    assert calendar.hours_on(date(2026, 8, 22)), "a Saturday worked in lieu"
    assert [str(hours) for hours in calendar.hours_on(date(2026, 11, 25))] == ["07:30-11:30", "13:00-17:00"]
