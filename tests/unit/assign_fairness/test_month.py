"""A month of the sample: 8,000 requests, a fifth of the teams asked declining or silent, and the work still spreads.

Each month takes some ten seconds: fewer requests would leave too few for each team to say anything.
"""

from collections import defaultdict

import pytest

from services.assign.reporting.fairness.alike import EVEN, Spread, Work, spread
from tests.unit.assign_fairness.month import Month

REQUESTS = 8_000


def by_commune(works: list[Work]) -> list[Spread]:
    found: defaultdict[str, list[Work]] = defaultdict(list)
    for work in works:
        found[work.commune].append(work)
    spreads = [spread(theirs) for theirs in found.values()]
    return [one for one in spreads if one.groups]


@pytest.mark.parametrize("one_point", [False, True], ids=["each_where_it_stands", "all_at_the_communes_point"])
def test_teams_alike_in_demand_are_asked_as_often(one_point: bool):
    works = Month(REQUESTS, willing=False, one_point=one_point).works()
    province, communes = spread(works), by_commune(works)
    assert province.compared > 1_000 and sum(commune.compared for commune in communes) > 750
    assert max(group.asked for group in province.groups) <= EVEN
    assert max(commune.asked or 0 for commune in communes) <= EVEN


def test_where_whoever_is_asked_takes_it_they_have_as_much_work():
    communes = by_commune(Month(REQUESTS, willing=True, one_point=True).works())
    teams = sum(commune.compared for commune in communes)
    assert sum((commune.accepted or 0) * commune.compared for commune in communes) / teams <= EVEN
