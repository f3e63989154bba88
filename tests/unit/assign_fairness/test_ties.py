"""Among equals: the least loaded, then whoever was asked longest ago, then a lot; a name never decides."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from services.assign.offers.demand import parts
from services.assign.offers.nearest import Candidate, Need, decide

NOW = datetime(2026, 11, 25, 2, tzinfo=UTC)


def team(code: str, metres: float = 800, **facts: object) -> Candidate:
    usual = {
        "in_commune": True,
        "of_village": False,
        "skills": frozenset({"payments"}),
        "speaks": frozenset({"vi"}),
        "reachable": True,
        "capacity": 5,
        "open_offers": 0,
        "accepted": 0,
    }
    return Candidate(code, f"Tổ {code}", metres, **(usual | facts))  # pyright: ignore[reportArgumentType]


def first(*teams: Candidate, ticket: str = "482915307") -> str:
    return decide(teams, Need("payments", ticket=ticket)).chosen[0].code


def test_what_distances_differ_by_decides_before_all_else():
    assert first(team("a", 800.2), team("b", 800)) == "b"
    assert first(team("near", 800, accepted=1), team("far", 999)) == "far"
    assert first(team("near", 800, accepted=1), team("far", 1_001)) == "near"


def test_what_no_map_can_tell_is_equal():
    asked = NOW - timedelta(hours=1)
    assert first(team("a", 800.0000001), team("b", 800, last_offer_at=asked)) == "a"


def test_among_equals_the_least_loaded_is_asked():
    assert first(team("a", 600, accepted=1), team("b", 800)) == "b"


def test_then_whoever_was_asked_longest_ago_and_first_who_never_was():
    one, other = (team(code, last_offer_at=NOW - timedelta(hours=hours)) for code, hours in (("a", 1), ("b", 2)))
    assert first(one, other) == first(other, one) == "b"
    assert first(one, other, team("z")) == "z"


def test_then_a_lot_that_knows_no_order_of_names():
    """Whatever the teams are called and however they are listed, each is first as often."""
    tickets = [f"{number:09}" for number in range(3_000)]
    for codes in (["a", "b", "c"], ["24172-01", "24172-02", "24172-10"], ["Tổ Ư", "Tổ A", "Tổ Z"]):
        drawn = Counter(first(*map(team, codes), ticket=ticket) for ticket in tickets)
        assert drawn == Counter(first(*map(team, reversed(codes)), ticket=ticket) for ticket in tickets)
        assert all(abs(times - 1_000) < 120 for times in drawn.values()), drawn


def test_the_lot_of_a_ticket_stays_the_same():
    teams = [team(code) for code in "abcdef"]
    assert len({first(*teams[turn:], *teams[:turn]) for turn in range(6)}) == 1


@pytest.mark.parametrize(
    ("metres", "asked", "expected"),
    [
        ([500, 900], 1, {"a": 1}),
        ([500, 500.01, 900], 1, {"a": 0.5, "b": 0.5}),
        ([500, 900, 900, 950], 3, {"a": 1, "b": 1, "c": 1}),
        ([500, 900, 900, 900], 3, {"a": 1, "b": 2 / 3, "c": 2 / 3, "d": 2 / 3}),
    ],
)
def test_whose_a_ticket_is_by_place(metres: list[float], asked: int, expected: dict[str, float]):
    need = Need("payments")
    teams = [team(code, far) for code, far in zip("abcd", metres, strict=False)]
    found = parts(decide(teams, need, asked), need)
    assert found == pytest.approx(expected)
    assert sum(found.values()) == pytest.approx(asked)


def test_what_a_team_holds_is_left_out_of_its_place_but_not_that_nobody_there_can_be_asked():
    need = Need("payments")
    teams = [team("busy", 500, accepted=4), team("next", 900), team("gone", 100, reachable=False)]
    assert decide(teams, need).chosen[0].code == "next"
    assert parts(decide(teams, need), need) == {"busy": 1}
    nobody = [replace(one, reachable=False) for one in teams]
    assert parts(decide(nobody, need), need) == {}
