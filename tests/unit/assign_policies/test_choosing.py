"""Promise 3.2: which policy counts where and when."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.assign.places.tables import Policy
from services.assign.policies.choosing import Policies, in_force, promised_by
from services.assign.policies.form import Unreadable, first_day_of, typed_of, wish_of
from services.assign.sla.clocks import steps_of
from services.assign.sla.promised import Promised

DAY = date(2026, 11, 25)
PATH = ["66", "24133"]


def policy(response_s: float, valid_from: date = date.min, valid_to: date | None = None, **facts: Any) -> Policy:
    return Policy(
        category="payments", valid_from=valid_from, valid_to=valid_to, response_s=response_s, resolution_s=9e4, **facts
    )


def test_the_nearest_unit_that_has_one_counts() -> None:
    found = Policies.among([(policy(1), ""), (policy(2), "66")])
    assert found.nearest("payments", PATH, DAY).response_s == 2
    assert found.nearest("payments", [], DAY).response_s == 1


def test_one_that_has_not_begun_or_has_ended_does_not() -> None:
    later, over = policy(2, DAY + timedelta(days=1)), policy(3, DAY - timedelta(days=9), DAY)
    found = Policies.among([(policy(1), ""), (later, "66"), (over, "24133")])
    assert found.nearest("payments", PATH, DAY).response_s == 1
    assert found.nearest("payments", PATH, DAY + timedelta(days=1)).response_s == 2
    assert found.nearest("payments", PATH, DAY - timedelta(days=1)).response_s == 3


def test_turns_are_all_days_on_which_another_may_begin_to_count() -> None:
    found = Policies.among([(policy(1), ""), (policy(2, DAY, DAY + timedelta(days=7)), "66")])
    assert found.turns("payments", PATH) == [date.min, DAY, DAY + timedelta(days=7)]


_DAYS = st.dates(date(2026, 1, 1), date(2026, 3, 1))
_SPANS = st.tuples(_DAYS, st.none() | _DAYS).filter(lambda span: span[1] is None or span[1] > span[0])


@given(st.lists(_SPANS, max_size=6, unique_by=lambda span: span[0]), _DAYS)
def test_between_two_turns_nothing_changes(spans: list[tuple[date, date | None]], day: date) -> None:
    """So intake, which knows the turns alone, promises on every day what a look at all policies would."""
    rows = [policy(number, *span) for number, span in enumerate(spans, 1)]
    found = Policies.among([(policy(0), ""), *((row, "66") for row in rows)])
    last_turn = max(turn for turn in found.turns("payments", PATH) if turn <= day)
    assert found.nearest("payments", PATH, last_turn) is found.nearest("payments", PATH, day)
    begun = in_force(rows, day)
    assert begun is None or begun.valid_from <= day


def test_steps_are_done_in_their_order_of_time_whatever_a_policy_says() -> None:
    promised = promised_by(policy(100, steps={"province": 0.5, "warned": 0.9}), {})
    assert [(step.kind, step.part) for step in steps_of(promised, "response")] == [
        ("province", 0.5),
        ("warned", 0.9),
        ("breached", 1.0),
        ("leader", 1.0),
        ("commune", 1.0),
    ]


def test_a_ticket_of_before_there_were_steps_keeps_the_usual_ones() -> None:
    old = {
        "response_s": 1.0,
        "resolution_s": 2.0,
        "urgent": False,
        "calendar_plain": {},
        "widen_s": 1.0,
        "first_teams": 1,
        "reach_m": 1.0,
    }
    assert [step.part for step in steps_of(Promised.from_dict(old), "resolution")] == [0.75, 1.0, 1.0, 1.0, 1.5]


@given(
    st.booleans(),
    st.integers(1, 20),
    st.none() | st.integers(1, 50),
    st.dictionaries(st.sampled_from(["warned", "leader", "commune", "province"]), st.sampled_from([0.5, 1.0, 1.25])),
)
def test_what_the_form_shows_is_what_it_keeps(
    urgent: bool, first_teams: int, most_held: int | None, steps: dict[str, float]
) -> None:
    shown = policy(7200, urgent=urgent, first_teams=first_teams, most_held=most_held, steps=steps)
    wish = wish_of(typed_of(shown))
    assert wish["response_s"] == 7200 and wish["urgent"] is urgent and wish["first_teams"] == first_teams
    assert wish.get("most_held") == most_held and wish["valid_to"] is None
    assert {kind: wish["steps"][kind] for kind in steps} == steps


@pytest.mark.parametrize("seconds", [8_400.0, 100.0, 3_601_200.0])
def test_what_is_shown_and_kept_unchanged_is_the_same_to_the_second(seconds: float):
    """2 hours 20 minutes are 2,3333333 hours: whoever edits the widening must not shorten the promise."""
    wish = wish_of(typed_of(policy(seconds, widen_s=95, accepted_m=12_345)))
    assert (wish["response_s"], wish["widen_s"], wish["accepted_m"]) == (seconds, 95, 12_345)


def test_what_is_no_day_does_not_count_as_ever():
    assert first_day_of({"valid_from": " "}) is None
    assert first_day_of({"valid_from": "2027-01-31"}) == date(2027, 1, 31)
    for typed in ("31/01/2027", "2027-02-30"):
        with pytest.raises(Unreadable):
            first_day_of({"valid_from": typed})
