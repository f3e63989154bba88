"""The calendars a help desk in Vietnam starts with."""

import subprocess
import sys
from datetime import date

import pytest

from shared.vietnam.holidays import closed_dates, office_hours, reachable_hours, round_the_clock, worked_dates

CLOSED_2026 = {
    "2026-01-01": "Tết Dương lịch",
    "2026-01-02": "for Saturday 10 January",
    "2026-02-16": "Giao thừa",
    "2026-02-17": "mùng một Tết",
    "2026-02-18": "mùng hai",
    "2026-02-19": "mùng ba",
    "2026-02-20": "mùng bốn",
    "2026-04-26": "Giỗ Tổ, a Sunday",
    "2026-04-27": "in lieu of it",
    "2026-04-30": "Ngày Chiến thắng",
    "2026-05-01": "Quốc tế Lao động",
    "2026-08-31": "for Saturday 22 August",
    "2026-09-01": "Quốc khánh",
    "2026-09-02": "Quốc khánh",
    "2026-11-24": "Ngày Văn hóa Việt Nam",
}


def test_the_days_off_of_2026_with_those_in_lieu():
    assert closed_dates([2026]) == {date.fromisoformat(day) for day in CLOSED_2026}


def test_the_saturdays_worked_for_2_january_and_31_august():
    assert worked_dates([2026]) == {date(2026, 1, 10), date(2026, 8, 22)}
    assert worked_dates([2027]) == frozenset()


def test_a_saturday_in_december_is_worked_for_a_day_in_the_next_year():
    assert date(2014, 12, 27) in worked_dates([2014])


def test_only_the_years_asked_for():
    assert {day.year for day in closed_dates(range(2025, 2028))} == {2025, 2026, 2027}


@pytest.mark.parametrize(
    ("day", "hours"),
    [
        (date(2026, 11, 25), ["07:30-11:30", "13:00-17:00"]),
        (date(2026, 11, 24), []),
        (date(2026, 11, 28), []),
        (date(2026, 8, 22), ["07:30-11:30", "13:00-17:00"]),
    ],
)
def test_office_hours_of_a_day(day: date, hours: list[str]):
    assert [str(stretch) for stretch in office_hours([2026]).hours_on(day)] == hours


def test_neighbours_and_what_cannot_wait_know_no_holidays():
    assert [str(stretch) for stretch in reachable_hours().hours_on(date(2026, 2, 17))] == ["06:00-21:00"]
    assert [str(stretch) for stretch in round_the_clock().hours_on(date(2026, 2, 17))] == ["00:00-24:00"]


def test_a_service_that_asks_for_no_holidays_pays_no_memory_for_them():
    program = """
import sys, shared.vietnam.holidays, shared.vietnam.phones, shared.vietnam.communes, shared.vietnam.place_search
shared.vietnam.holidays.reachable_hours(), shared.vietnam.phones.parse_phone("0905123456")
print({"holidays", "phonenumbers"} & set(sys.modules))
"""
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert ran.stdout.strip() == "set()"
