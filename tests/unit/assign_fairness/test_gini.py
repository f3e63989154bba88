"""Gini's coefficient against its definition by pairs, and at its edges."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.assign.reporting.fairness.gini import gini


@pytest.mark.parametrize(
    ("amounts", "expected"),
    [([], 0), ([7], 0), ([0, 0, 0], 0), ([3, 3, 3, 3], 0), ([0, 10], 0.5), ([0, 0, 0, 8], 0.75), ([1, 2, 3], 2 / 9)],
)
def test_known_cases(amounts: list[float], expected: float):
    assert gini(amounts) == pytest.approx(expected)


@given(st.lists(st.integers(0, 1_000), min_size=1, max_size=30))
def test_it_is_half_the_mean_difference_of_all_pairs_over_the_mean(amounts: list[int]):
    mean = sum(amounts) / len(amounts)
    by_pairs = sum(abs(one - other) for one in amounts for other in amounts) / (2 * len(amounts) ** 2 * (mean or 1))
    assert gini(amounts) == pytest.approx(by_pairs)
    assert 0 <= gini(amounts) <= (len(amounts) - 1) / len(amounts) + 1e-12


def test_nobody_has_less_than_nothing():
    with pytest.raises(ValueError, match="less than nothing"):
        gini([-1, 2])
