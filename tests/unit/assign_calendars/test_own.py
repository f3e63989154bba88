"""Promise 3.1: a unit's own word before the law's; what never opens is refused."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.assign.calendars.form import own_of, typed_of
from services.assign.calendars.own import Day, Holidays, OwnCalendar, Wrong, composed, preview
from shared.working_time import Hours

TODAY = date(2026, 11, 25)
MORNING, AFTERNOON = Hours.of("07:30", "11:30"), Hours.of("13:00", "17:00")
WEEK = ((MORNING, AFTERNOON),) * 5 + ((), ())
LAW = Holidays({date(2026, 11, 27): "Ngày lễ", date(2027, 1, 1): "Tết Dương lịch"}, frozenset({date(2026, 11, 28)}))
SHUT: tuple[tuple[Hours, ...], ...] = ((),) * 7


def test_holidays_are_kept_and_days_in_lieu_worked() -> None:
    made = composed(OwnCalendar(WEEK), LAW, TODAY)
    assert made.hours_on(date(2026, 11, 27)) == ()
    assert made.hours_on(date(2026, 11, 28)) == (MORNING, AFTERNOON)


def test_a_unit_that_keeps_no_holidays_works_on_them() -> None:
    made = composed(OwnCalendar(WEEK, keeps_holidays=False), LAW, TODAY)
    assert made.hours_on(date(2026, 11, 27)) == (MORNING, AFTERNOON)
    assert made.hours_on(date(2026, 11, 28)) == ()


def test_the_units_own_word_counts_before_the_laws() -> None:
    own = OwnCalendar(WEEK, (Day(date(2026, 11, 28)),), (Day(date(2026, 11, 27)),))
    made = composed(own, LAW, TODAY)
    assert made.hours_on(date(2026, 11, 27)) == (MORNING, AFTERNOON)
    assert made.hours_on(date(2026, 11, 28)) == ()


def test_a_day_is_not_closed_and_worked_at_once() -> None:
    own = OwnCalendar(WEEK, (Day(TODAY),), (Day(TODAY),))
    with pytest.raises(Wrong, match="both") as wrong:
        composed(own, LAW, TODAY)
    assert wrong.value.values == {"day": "25/11/2026"}


def test_a_calendar_without_a_working_hour_is_refused() -> None:
    with pytest.raises(Wrong, match="never_open"):
        composed(OwnCalendar(SHUT), LAW, TODAY)
    with pytest.raises(Wrong, match="never_open"):
        composed(OwnCalendar(SHUT, worked=(Day(TODAY),)), LAW, TODAY)


def test_nor_one_that_closes_every_day_on_which_it_would_open() -> None:
    mondays = tuple(Day(date(2026, 11, 30) + timedelta(weeks=week)) for week in range(60))
    with pytest.raises(Wrong, match="never_open"):
        composed(OwnCalendar(((MORNING,), (), (), (), (), (), ()), mondays), Holidays({}, frozenset()), TODAY)


def test_the_days_to_come_say_why_they_are_so() -> None:
    own = OwnCalendar(WEEK, (Day(date(2026, 11, 26), "Hội xã"),), (Day(date(2026, 11, 29), "Bù"),))
    shown = preview(own, composed(own, LAW, TODAY), LAW, TODAY, 6)
    assert [(day.kind, day.why) for day in shown] == [
        ("weekly", ""),
        ("closed", "Hội xã"),
        ("holiday", "Ngày lễ"),
        ("worked", ""),
        ("worked", "Bù"),
        ("weekly", ""),
    ]
    assert [bool(day.hours) for day in shown] == [True, False, False, True, True, True]


_MINUTES = st.integers(0, 24 * 60)


@st.composite
def _days(draw: st.DrawFn) -> tuple[Hours, ...]:
    points = sorted(draw(st.sets(_MINUTES, max_size=8)))
    return tuple(Hours(opens, closes) for opens, closes in zip(points[::2], points[1::2], strict=False))


_DATES = st.dates(date(2026, 1, 1), date(2028, 12, 31))
_WHYS = st.sampled_from(["", "Hội xã", "Bù ngày 2/9"])
_OUT_OF_TURN = st.dictionaries(_DATES, _WHYS, max_size=5).map(
    lambda found: tuple(Day(day, why) for day, why in sorted(found.items()))
)
_OWN = st.builds(OwnCalendar, st.tuples(*[_days()] * 7), _OUT_OF_TURN, _OUT_OF_TURN, st.booleans())


@given(_OWN)
def test_what_the_form_shows_is_what_it_keeps(own: OwnCalendar) -> None:
    assert own_of(typed_of(own)) == own
    assert OwnCalendar.from_dict(own.to_dict()) == own


@pytest.mark.parametrize(
    ("typed", "hours"),
    [
        ("7:30-11:30, 13:00-17:00", ("07:30-11:30", "13:00-17:00")),
        ("7h30 - 11h30; 13h-17h", ("07:30-11:30", "13:00-17:00")),
        ("7.30 đến 11.30", ("07:30-11:30",)),
        ("00:00-24:00", ("00:00-24:00",)),
        ("  ", ()),
    ],
)
def test_hours_are_read_as_people_write_them(typed: str, hours: tuple[str, ...]) -> None:
    assert tuple(map(str, own_of({"monday": typed}).weekly[0])) == hours


@pytest.mark.parametrize("typed", ["sáng", "7-11", "07:61-08:00", "7:30", "1:00-2:00," * 5])
def test_what_is_no_hours_is_refused_at_its_day(typed: str) -> None:
    with pytest.raises(Wrong, match="hours") as wrong:
        own_of({"tuesday": typed})
    assert wrong.value.field == "tuesday"


@pytest.mark.parametrize("monday", ["11:30-07:30", "07:30-11:30, 11:00-12:00", "25:00-26:00"])
def test_hours_that_end_before_they_begin_or_overlap_make_no_calendar(monday: str) -> None:
    with pytest.raises(Wrong, match="hours"):
        composed(own_of({"monday": monday}), LAW, TODAY)


@pytest.mark.parametrize("line", ["32/12/2026", "24-12", "mai", "2026-12-24"])
def test_what_is_no_date_is_refused_with_its_line(line: str) -> None:
    with pytest.raises(Wrong, match="date") as wrong:
        own_of({"monday": "07:30-11:30", "closed": f"24/12/2026 Hội\n{line}"})
    assert wrong.value.values["line"] == line
