"""Times in buckets: what is read from them lies within the error that is stated."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.assign.counting.times import BUCKETS, DIGITS, ERROR, SHORTEST_S, bucket_of, middle_of, quantiles_of
from services.assign.reporting.definitions import quantile

times = st.lists(st.floats(SHORTEST_S, 130 * 86_400), min_size=1, max_size=200)


def histogram(seconds: list[float]) -> int:
    return sum(10 ** (DIGITS * bucket_of(one)) for one in seconds)


def quantile_of(counted: int, part: float) -> float | None:
    return quantiles_of(str(counted), [part])[0]


def test_the_stated_error_is_two_and_a_half_percent():
    assert pytest.approx(0.0247, abs=0.0001) == ERROR


@given(st.floats(SHORTEST_S + 0.001, 130 * 86_400))
def test_a_bucket_stands_for_its_times(seconds: float):
    assert middle_of(bucket_of(seconds)) == pytest.approx(seconds, rel=ERROR + 1e-9)


@pytest.mark.parametrize("part", [0.0, 0.5, 0.9, 0.95, 1.0])
@given(times)
def test_a_percentile_lies_within_the_error(part: float, seconds: list[float]):
    true = quantile(sorted(seconds), part)
    assert quantile_of(histogram(seconds), part) == pytest.approx(true, rel=ERROR + 1e-6, abs=SHORTEST_S / 2)


@given(times, times)
def test_two_histograms_add_up_to_the_one_of_both(one: list[float], other: list[float]):
    assert histogram(one) + histogram(other) == histogram(one + other)


def test_a_time_taken_back_leaves_no_trace():
    assert histogram([100, 5_000]) - histogram([5_000]) == histogram([100])
    assert quantile_of(histogram([100]) - histogram([100]), 0.5) is None


def test_below_a_minute_and_beyond_the_last_bucket_there_is_a_bucket_too():
    assert (bucket_of(0), bucket_of(59), bucket_of(10**9)) == (0, 0, BUCKETS - 1)
    assert quantile_of(histogram([0.0]), 0.5) == SHORTEST_S / 2


def test_a_hundred_million_times_in_one_bucket_still_fit():
    most = 10**DIGITS - 1
    assert quantile_of(most * 10 ** (DIGITS * 7) + most, 1.0) == pytest.approx(middle_of(7), abs=0.001)
