"""A month of the sample: 8,000 requests, a fifth of the teams asked declining or silent, and the work still spreads.

Each month takes some ten seconds: fewer requests would leave too few for each team to say anything.
"""

import pytest

from services.assign.reporting.fairness.alike import EVEN, spread
from tests.unit.assign_fairness.month import Month

REQUESTS = 8_000


@pytest.mark.parametrize("one_point", [False, True], ids=["each_where_it_stands", "all_at_the_communes_point"])
def test_teams_alike_in_demand_are_asked_as_often(one_point: bool):
    found = spread(Month(REQUESTS, willing=False, one_point=one_point).works())
    assert found.compared > 750
    assert max(group.asked for group in found.groups) <= EVEN


def test_where_whoever_is_asked_takes_it_they_have_as_much_work():
    found = spread(Month(REQUESTS, willing=True, one_point=True).works())
    assert found.compared > 750 and found.accepted is not None and found.accepted <= EVEN
