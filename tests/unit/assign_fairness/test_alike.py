"""Which teams are compared with each other, and what is said of them."""

from dataclasses import replace

import pytest

from services.assign.reporting.fairness.alike import Work, spread, verdict


def work(team: str, demand: float, asked: int = 10, accepted: int = 8) -> Work:
    return Work(team, f"Tổ {team}", "24121", demand, asked, accepted)


def names(works: list[Work]) -> list[set[str]]:
    return [{one.team for one in group.teams} for group in spread(works).groups]


def test_teams_within_a_tenth_of_the_most_demanded_are_alike():
    assert names([work("a", 20), work("b", 18), work("c", 17.9), work("d", 16.2), work("e", 9)]) == [
        {"a", "b"},
        {"c", "d"},
    ]


def test_a_team_without_its_like_is_compared_with_nobody():
    alone = spread([work("a", 20), work("b", 10)])
    assert (alone.groups, alone.compared, alone.asked, alone.accepted) == ((), 0, None, None)


def test_too_little_demand_says_nothing():
    assert names([work("a", 4.9), work("b", 4.9)]) == []
    assert names([work("a", 15 * (1 / 3)), work("b", 5)]) == [{"a", "b"}]


def test_a_group_counts_as_much_as_it_has_teams():
    even = [work(team, 20, asked=20) for team in "abc"]
    uneven = [work("d", 10, asked=0, accepted=0), work("e", 10, asked=20)]
    found = spread(even + uneven)
    assert found.asked == pytest.approx((3 * 0 + 2 * 0.5) / 5)
    assert found.compared == 5


def test_those_with_most_work_stand_first():
    [group] = spread([work("a", 10, 9, 5), work("b", 10, 5, 9), work("c", 10, 6, 9)]).groups
    assert [one.team for one in group.teams] == ["c", "b", "a"]


def test_teams_are_compared_within_their_commune_and_a_province_is_the_mean_of_all():
    here = [work(team, 20, asked=20) for team in "ab"]
    there = [replace(work(team, 20, asked=asked), commune="24133") for team, asked in (("c", 10), ("d", 30))]
    found = spread(here + there)
    assert {code: one.asked for code, one in found.by_commune().items()} == {"24121": 0, "24133": 0.25}
    assert found.asked == pytest.approx(0.125)


@pytest.mark.parametrize(
    ("index", "word"),
    [(0, "very_even"), (0.05, "very_even"), (0.1, "even"), (0.11, "rather_uneven"), (0.3, "uneven")],
)
def test_it_is_said_in_a_word(index: float, word: str):
    assert verdict(index) == word
