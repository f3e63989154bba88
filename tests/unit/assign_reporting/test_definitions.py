"""Each figure's definition against the slow way that is obviously right."""

from datetime import UTC, date, datetime, timedelta
from statistics import fmean, median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.assign.reporting.definitions import ClockFacts, quantile, share, standing, times_of
from services.assign.reporting.period import Period, this_month

START = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
moments = st.integers(0, 60).map(lambda minutes: START + timedelta(minutes=minutes))
maybe = st.none() | moments


@st.composite
def clocks(draw: st.DrawFn) -> ClockFacts:
    """A clock is met, or its ticket ended without it, or it stands still, or it runs."""
    due_at, way, at = draw(moments), draw(st.sampled_from(["met", "ended", "paused", "runs"])), draw(moments)
    match way:
        case "met":
            return ClockFacts(due_at, met_at=at, worked_s=draw(st.floats(0, 10**6)))
        case "ended":
            return ClockFacts(due_at, ended_at=at)
        case "paused":
            return ClockFacts(due_at, paused_at=at)
        case _:
            return ClockFacts(due_at)


def minute_by_minute(clock: ClockFacts, now: datetime) -> str | None:
    """Walk the minutes up to now as a clerk with a watch would."""
    at = START
    while at <= now:
        if clock.met_at == at and at <= clock.due_at:
            return "met"
        if at == clock.due_at:
            return "missed"
        if at in (clock.ended_at, clock.paused_at):
            return None
        at += timedelta(minutes=1)
    return None


@given(clocks(), moments)
def test_a_clock_stands_where_a_clerk_with_a_watch_would_write_it(clock: ClockFacts, now: datetime):
    if clock.met_at and clock.met_at > now:
        return
    stands = standing(clock)
    if stands == "running":
        stands = "missed" if clock.due_at <= now else None
    stopped = [at for at in (clock.met_at, clock.ended_at, clock.paused_at) if at]
    assert stands == minute_by_minute(clock, max([now, *stopped]))


@given(st.lists(st.floats(0, 10**6), min_size=1, max_size=30))
def test_times_are_those_of_a_sheet_of_paper(times: list[float]):
    average, middle, most, nearly_all = times_of(sorted(times))
    assert average == pytest.approx(fmean(times), abs=0.001)
    assert middle == pytest.approx(median(times), abs=0.001)
    assert middle is not None and most is not None and nearly_all is not None
    assert min(times) - 0.001 <= middle <= most <= nearly_all <= max(times) + 0.001


def test_of_no_times_there_is_no_figure():
    assert times_of([]) == (None, None, None, None)


@pytest.mark.parametrize(("part", "expected"), [(0.5, 30), (0.9, 46), (0.95, 48), (1.0, 50), (0.0, 10)])
def test_a_quantile_lies_between_its_neighbours(part: float, expected: float):
    assert quantile([10, 20, 30, 40, 50], part) == pytest.approx(expected)


def test_the_share_of_nothing_is_nothing():
    assert share(0, 0) is None
    assert share(3, 1) == 0.75


def test_a_period_is_whole_days_in_vietnam():
    period = Period(date(2026, 11, 24), date(2026, 11, 25))
    assert period.start == datetime(2026, 11, 23, 17, tzinfo=UTC)
    assert period.end == datetime(2026, 11, 25, 17, tzinfo=UTC)
    assert list(period.days()) == [date(2026, 11, 24), date(2026, 11, 25)]
    assert period.holds(period.start) and not period.holds(period.end)


@pytest.mark.parametrize(
    ("first", "last"), [(date(2026, 11, 25), date(2026, 11, 24)), (date(2025, 11, 24), date(2026, 11, 25))]
)
def test_days_that_end_before_they_begin_or_last_for_ever_are_no_period(first: date, last: date):
    with pytest.raises(ValueError, match="period"):
        Period(first, last)


def test_this_month_ends_today_by_vietnams_midnight():
    assert this_month(datetime(2026, 11, 30, 16, 59, tzinfo=UTC)) == Period(date(2026, 11, 1), date(2026, 11, 30))
    assert this_month(datetime(2026, 11, 30, 17, 0, tzinfo=UTC)) == Period(date(2026, 12, 1), date(2026, 12, 1))
