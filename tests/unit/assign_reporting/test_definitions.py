"""Each figure's definition against the slow way that is obviously right."""

from datetime import UTC, date, datetime, timedelta
from statistics import fmean, median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.assign.reporting.definitions import ClockFacts, clock_figures, quantile, share, verdict
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
def test_a_verdict_is_what_a_clerk_with_a_watch_would_write(clock: ClockFacts, now: datetime):
    if clock.met_at and clock.met_at > now:
        return
    assert verdict(clock, now) == minute_by_minute(clock, now)


@given(st.lists(clocks(), max_size=30), moments)
def test_figures_are_those_of_a_sheet_of_paper(facts: list[ClockFacts], now: datetime):
    facts = [clock for clock in facts if not clock.met_at or clock.met_at <= now]
    found = clock_figures(facts, now)
    written = [minute_by_minute(clock, now) for clock in facts]
    assert (found.met, found.missed) == (written.count("met"), written.count("missed"))
    times = [clock.worked_s for clock in facts if clock.worked_s is not None]
    if not times:
        assert (found.mean_s, found.median_s, found.p90_s, found.p95_s) == (None, None, None, None)
        return
    assert found.mean_s == pytest.approx(fmean(times), abs=0.001)
    assert found.median_s == pytest.approx(median(times), abs=0.001)
    assert found.median_s is not None and found.p90_s is not None and found.p95_s is not None
    assert min(times) - 0.001 <= found.median_s <= found.p90_s <= found.p95_s <= max(times) + 0.001


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
