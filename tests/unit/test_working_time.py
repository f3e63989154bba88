"""Working time: hand-checked cases in the life of a commune, then a naive count of every second against the sums."""

import json
from datetime import UTC, date, datetime, timedelta, timezone
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from shared.vietnam.holidays import office_hours, reachable_hours, round_the_clock
from shared.working_time import Calendar, Hours, Span, add_working, due, elapsed, is_open, opens_at, working_seconds

ICT = timezone(timedelta(hours=7))
HOUR = 3600
OFFICE = office_hours(range(2025, 2029))


def at(text: str) -> datetime:
    """`2026-11-25 09:00` as a clock on a wall in Buôn Ma Thuột shows it."""
    return datetime.fromisoformat(text).replace(tzinfo=ICT)


@pytest.mark.parametrize(
    ("asked", "hours", "promised"),
    [
        pytest.param("2026-11-25 09:00", 2, "2026-11-25 11:00", id="within a morning"),
        pytest.param("2026-11-25 10:30", 2, "2026-11-25 14:00", id="lunch does not count"),
        pytest.param("2026-11-25 09:30", 2, "2026-11-25 11:30", id="stays at the end of the morning"),
        pytest.param("2026-11-25 15:00", 2, "2026-11-25 17:00", id="stays at the end of the day"),
        pytest.param("2026-11-25 12:00", 2, "2026-11-25 15:00", id="asked over lunch"),
        pytest.param("2026-11-25 05:00", 2, "2026-11-25 09:30", id="asked before dawn"),
        pytest.param("2026-11-25 17:00", 2, "2026-11-26 09:30", id="asked as the office closes"),
        pytest.param("2026-11-27 16:30", 2, "2026-11-30 09:00", id="Friday evening to Monday"),
        pytest.param("2026-11-28 10:00", 24, "2026-12-02 17:00", id="three working days from a Saturday"),
        pytest.param("2026-11-23 16:00", 2, "2026-11-25 08:30", id="over Ngày Văn hóa Việt Nam, 24 November"),
        pytest.param("2026-04-29 16:30", 2, "2026-05-04 09:00", id="over 30 April and 1 May to Monday"),
        pytest.param("2026-04-24 16:30", 2, "2026-04-28 09:00", id="Giỗ Tổ on a Sunday moves to Monday"),
        pytest.param("2026-02-13 16:30", 2, "2026-02-23 09:00", id="nine days of Tết 2026"),
        pytest.param("2027-02-03 16:00", 24, "2027-02-15 16:00", id="Tết 2027 within three working days"),
        pytest.param("2026-08-21 16:30", 2, "2026-08-22 09:00", id="the Saturday worked in lieu"),
        pytest.param("2026-08-28 16:30", 2, "2026-09-03 09:00", id="31 August is off for it"),
        pytest.param("2026-12-31 16:30", 2, "2027-01-04 09:00", id="over New Year"),
        pytest.param("2026-02-27 15:00", 4, "2026-03-02 09:30", id="over the end of February"),
        pytest.param("2026-11-28 03:00", 0, "2026-11-28 03:00", id="nothing to do is due at once"),
    ],
)
def test_a_deadline_is_where_a_person_with_the_calendar_would_put_it(asked: str, hours: float, promised: str):
    assert add_working(OFFICE, at(asked), hours * HOUR) == at(promised)


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        ("2026-11-25 07:30", "2026-11-25 17:00", 8),
        ("2026-11-25 11:30", "2026-11-25 13:00", 0),
        ("2026-11-25 11:00", "2026-11-25 13:30", 1),
        ("2026-11-27 16:00", "2026-11-30 08:30", 2),
        ("2026-02-13 17:00", "2026-02-23 07:30", 0),
        ("2026-11-01 00:00", "2026-12-01 00:00", 20 * 8),
        ("2026-01-01 00:00", "2027-01-01 00:00", (261 - 13 + 1) * 8),  # weekdays, days off, the Saturday
        ("2026-11-25 17:00", "2026-11-25 07:30", 0),
    ],
)
def test_time_worked_is_what_a_person_would_count(start: str, end: str, hours: float):
    assert working_seconds(OFFICE, at(start), at(end)) == hours * HOUR


def test_to_the_microsecond_across_lunch():
    start = at("2026-11-25 11:29:59.999999")

    assert working_seconds(OFFICE, start, at("2026-11-25 13:00:00.000002")) == 0.000003
    assert add_working(OFFICE, start, 0.000003) == at("2026-11-25 13:00:00.000002")


def test_round_the_clock_counts_every_second():
    assert add_working(round_the_clock(), at("2026-02-16 23:45"), HOUR / 2) == at("2026-02-17 00:15")
    assert round_the_clock().is_round_the_clock
    assert not reachable_hours().is_round_the_clock


def test_deadlines_are_utc_whatever_zone_was_asked_in():
    assert add_working(OFFICE, at("2026-11-25 09:00"), HOUR).tzinfo is UTC
    assert add_working(OFFICE, datetime(2026, 11, 25, 2, tzinfo=UTC), HOUR) == at("2026-11-25 10:00")


def test_a_naive_time_is_refused():
    with pytest.raises(TypeError):
        add_working(OFFICE, datetime(2026, 11, 25, 9), HOUR)  # noqa: DTZ001


def test_neighbours_are_reachable_from_six_to_nine_even_at_tet():
    assert is_open(reachable_hours(), at("2026-02-17 06:00"))
    assert not is_open(reachable_hours(), at("2026-02-17 21:00"))
    assert opens_at(reachable_hours(), at("2026-02-17 21:00")) == at("2026-02-18 06:00")
    assert opens_at(reachable_hours(), at("2026-02-17 20:59:59")) == at("2026-02-17 20:59:59")


class TestPauses:
    def test_time_waiting_for_the_resident_does_not_count(self):
        pause = Span(at("2026-11-25 10:00"), at("2026-11-25 15:00"))

        assert due(OFFICE, at("2026-11-25 09:00"), 2 * HOUR, [pause]) == at("2026-11-25 16:00")
        assert elapsed(OFFICE, at("2026-11-25 09:00"), at("2026-11-25 16:00"), [pause]) == 2 * HOUR

    def test_a_pause_outside_working_hours_changes_nothing(self):
        pause = Span(at("2026-11-25 17:00"), at("2026-11-26 07:30"))

        assert due(OFFICE, at("2026-11-25 16:30"), HOUR, [pause]) == at("2026-11-26 08:00")

    def test_overlapping_pauses_are_counted_once(self):
        pauses = [
            Span(at("2026-11-25 14:00"), at("2026-11-25 15:00")),
            Span(at("2026-11-25 09:00"), at("2026-11-25 10:00")),
            Span(at("2026-11-25 09:30"), at("2026-11-25 10:30")),
        ]

        assert due(OFFICE, at("2026-11-25 08:00"), 4 * HOUR, pauses) == at("2026-11-25 16:00")

    def test_a_short_pause_within_a_long_one_does_not_end_it(self):
        pauses = [
            Span(at("2026-11-25 09:00"), at("2026-11-25 15:00")),
            Span(at("2026-11-25 10:00"), at("2026-11-25 11:00")),
        ]

        assert due(OFFICE, at("2026-11-25 08:00"), 2 * HOUR, pauses) == at("2026-11-25 16:00")
        assert due(OFFICE, at("2026-11-25 08:00"), 2 * HOUR, [*pauses, Span(at("2026-11-25 14:00"))]) is None

    def test_an_open_pause_leaves_no_deadline(self):
        assert due(OFFICE, at("2026-11-25 09:00"), 2 * HOUR, [Span(at("2026-11-25 10:00"))]) is None
        assert elapsed(OFFICE, at("2026-11-25 09:00"), at("2026-11-27 09:00"), [Span(at("2026-11-25 10:00"))]) == HOUR

    def test_a_pause_after_the_target_was_reached_comes_too_late(self):
        assert due(OFFICE, at("2026-11-25 09:00"), HOUR, [Span(at("2026-11-25 10:00"))]) == at("2026-11-25 10:00")

    def test_a_pause_that_was_over_before_the_start_is_no_matter(self):
        pause = Span(at("2026-11-25 07:30"), at("2026-11-25 08:00"))

        assert due(OFFICE, at("2026-11-25 09:00"), HOUR, [pause]) == at("2026-11-25 10:00")

    def test_a_pause_under_way_at_the_start_postpones_it(self):
        pause = Span(at("2026-11-25 07:30"), at("2026-11-25 10:00"))

        assert due(OFFICE, at("2026-11-25 09:00"), HOUR, [pause]) == at("2026-11-25 11:00")


class TestCalendarsThatCannotBe:
    def test_one_that_never_works_is_refused_instead_of_searched_for_ever(self):
        with pytest.raises(ValueError, match="without a single working hour"):
            Calendar(((),) * 7, worked=frozenset({date(2026, 8, 22)}))

    @pytest.mark.parametrize(
        "day",
        [
            (Hours.of("11:30", "07:30"),),
            (Hours.of("07:30", "07:30"),),
            (Hours.of("13:00", "17:00"), Hours.of("07:30", "11:30")),
            (Hours.of("07:30", "11:30"), Hours.of("11:00", "17:00")),
            (Hours(0, 1441),),
        ],
    )
    def test_hours_out_of_order_are_refused(self, day: tuple[Hours, ...]):
        with pytest.raises(ValueError, match="hours"):
            Calendar((day,) * 7)

    def test_a_week_of_six_days_is_refused(self):
        with pytest.raises(ValueError, match="seven days"):
            Calendar(((Hours.of("07:30", "11:30"),),) * 6)

    def test_a_date_both_closed_and_worked_is_refused(self):
        with pytest.raises(ValueError, match="2026-08-22"):
            Calendar(OFFICE.weekly, frozenset({date(2026, 8, 22)}), frozenset({date(2026, 8, 22)}))

    @pytest.mark.parametrize("text", ["7:30", "07:60", "0730", "ab:cd", "24:01"])
    def test_what_is_no_time_of_day_is_refused(self, text: str):
        with pytest.raises(ValueError):
            Calendar(((Hours.of("07:00", text),),) * 7)


def test_a_calendar_travels_as_json_and_comes_back_the_same():
    for calendar in (OFFICE, reachable_hours(), round_the_clock()):
        assert Calendar.from_dict(json.loads(json.dumps(calendar.to_dict()))) == calendar

    assert OFFICE.to_dict()["weekly"]["monday"] == ["07:30-11:30", "13:00-17:00"]


def test_a_calendar_from_a_newer_version_is_still_read():
    assert Calendar.from_dict({"weekly": {"monday": ["07:30-11:30"]}, "note": "mới"}).closed == frozenset()


@pytest.mark.parametrize("plain", [{}, {"weekly": {}}, {"weekly": {"monday": ["all day"]}}, {"weekly": {"tet": []}}])
def test_what_makes_no_calendar_is_refused(plain: dict[str, object]):
    with pytest.raises(ValueError):
        Calendar.from_dict(plain)


# A naive oracle, every second of a few weeks -------------------------------------------------------------------------

FIRST = date(2026, 2, 9)
DAYS = 15


def seconds_worked(calendar: Calendar) -> bytearray:
    """For each second from FIRST's midnight on, 1 where it is worked: written without the code under test."""
    usual = next(day for day in calendar.weekly if day)
    seconds = bytearray()
    for number in range(DAYS):
        day = FIRST + timedelta(number)
        hours = () if day in calendar.closed else usual if day in calendar.worked else calendar.weekly[day.weekday()]
        for minute in range(1440):
            seconds += bytes([any(opens <= minute < closes for opens, closes in hours)]) * 60
    return seconds


def moment(second: int) -> datetime:
    return datetime(FIRST.year, FIRST.month, FIRST.day, tzinfo=ICT) + timedelta(seconds=second)


def a_day() -> st.SearchStrategy[tuple[Hours, ...]]:
    edges = st.lists(st.integers(0, 1440), min_size=0, max_size=6, unique=True).map(sorted)
    return edges.map(lambda edges: tuple(Hours(*pair) for pair in list(pairwise(edges))[::2]))


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    weekly = draw(st.lists(a_day(), min_size=7, max_size=7).filter(any))
    dates = st.integers(0, DAYS - 1).map(lambda number: FIRST + timedelta(number))
    closed, worked = draw(st.frozensets(dates, max_size=9)), draw(st.frozensets(dates, max_size=3))
    return Calendar(tuple(weekly), closed, worked - closed)


SECONDS = st.integers(0, DAYS * 86400 - 1)


@settings(max_examples=40, deadline=None)
@given(calendars(), SECONDS, SECONDS, st.integers(0, 40 * HOUR))
@example(OFFICE, 4 * 86400 + 16 * HOUR, 15 * 86400, 24 * HOUR)
def test_sums_and_deadlines_agree_with_counting_every_second(calendar: Calendar, start: int, end: int, amount: int):
    worked = seconds_worked(calendar)
    assert working_seconds(calendar, moment(start), moment(end)) == sum(worked[start:end])

    deadline = add_working(calendar, moment(start), amount)
    left, second = amount, start
    while left and second < len(worked):
        left -= worked[second]
        second += 1
    assert deadline == moment(second) if not left else deadline > moment(len(worked))


@settings(max_examples=40, deadline=None)
@given(
    calendars(),
    SECONDS,
    st.integers(0, 20 * HOUR),
    st.lists(st.tuples(SECONDS, st.none() | st.integers(0, 3 * 86400)), max_size=5),
)
def test_pauses_agree_with_counting_every_second(
    calendar: Calendar, start: int, amount: int, stops: list[tuple[int, int | None]]
):
    counted = seconds_worked(calendar)
    end_of_time = len(counted)
    pauses: list[Span] = []
    for begin, length in stops:
        pauses.append(Span(moment(begin), None if length is None else moment(begin + length)))
        stop = end_of_time if length is None else min(begin + length, end_of_time)
        counted[begin:stop] = bytes(max(0, stop - begin))

    assert elapsed(calendar, moment(start), moment(end_of_time), pauses) == sum(counted[start:])

    deadline = due(calendar, moment(start), amount, pauses)
    left, second = amount, start
    while left and second < end_of_time:
        left -= counted[second]
        second += 1
    if not left:
        assert deadline == moment(second)
    else:
        assert deadline is None or deadline > moment(end_of_time)
    assert left or deadline is not None


@given(calendars(), SECONDS, st.floats(0, 30 * HOUR))
def test_a_deadline_is_the_first_moment_with_enough_worked(calendar: Calendar, start: int, amount: float):
    deadline = add_working(calendar, moment(start), amount)
    worked = working_seconds(calendar, moment(start), deadline)

    assert worked == round(amount, 6) or abs(worked - amount) < 1e-6
    just_before = deadline - timedelta(microseconds=1)
    assert worked == 0 or working_seconds(calendar, moment(start), just_before) < worked
