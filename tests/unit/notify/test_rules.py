"""Small rules: who of a team, which number, when, whether still, and what after a refusal."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notify.alerts.night import is_night, morning_after
from services.notify.alerts.numbers import next_number
from services.notify.alerts.rest import rings_at
from services.notify.alerts.wanted import Facts, unwanted
from services.notify.channels.channel import DELIVERED, Outcome
from services.notify.channels.webhook import read_answer
from services.notify.contacts.choosing import Person, Requester, helper, leader, once_a_phone, rest
from services.notify.messages.masking import without_numbers
from services.notify.messages.retry import after
from services.notify.messages.ways import Way, Ways

NOW = datetime(2026, 11, 25, 5, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=12)


def person(id: str, role: str = "member", **more: object) -> Person:
    return replace(Person(id, id, f"+8490000000{len(id)}", "T-1", role, "66"), **more)


def test_the_leader_and_a_member_with_the_skill_are_told() -> None:
    team = [person("a", "leader"), person("b", skills=("payments",)), person("c", skills=("device",))]
    assert leader(team) == team[0]
    assert helper(team, "device", "482915307") == team[2]


def test_without_the_skill_somebody_is_told_all_the_same() -> None:
    team = [person("a", "leader"), person("b", skills=("payments",))]
    assert helper(team, "device", "482915307") == team[1]


def test_who_can_be_reached_comes_before_who_has_the_skill() -> None:
    team = [person("b", skills=("device",), unreachable=True), person("c")]
    assert helper(team, "device", "482915307") == team[1]


def test_equals_take_turns() -> None:
    team = [person("b"), person("bb"), person("bbb")]
    told = {helper(team, "device", code) for code in ("100000000", "100000010", "100000020")}
    assert len(told) == 3


def test_the_rest_are_those_with_the_skill_who_can_be_reached_and_were_not_told() -> None:
    team = [
        person("a", "leader", skills=("device",)),
        person("b", skills=("device",)),
        person("c", skills=("device",)),
        person("d", skills=("payments",)),
        person("e", skills=("device",), unreachable=True),
    ]
    assert [one.id for one in rest(team, "device", "482915307", {"a", "b"})] == ["c"]
    assert [one.id for one in rest(team, None, "482915307", {"a", "b"})] == ["c", "d"]
    assert {one.id for one in rest(team, "other", "482915307", {"a", "b"})} == {"c", "d"}, "which needs no skill"
    assert rest(team[:2], "device", "482915307", {"a", "b"}) == []


def test_the_rest_takes_turns() -> None:
    team = [person("b"), person("bb"), person("bbb")]
    assert {rest(team, None, code, set())[0].id for code in ("100000000", "100000010", "100000020")} == {
        *("b", "bb", "bbb")
    }


@pytest.mark.parametrize(
    ("rings", "urgent", "rest_rings"),
    [
        (NOW, True, NOW),
        (NOW, False, NOW + timedelta(minutes=10)),
        (datetime(2026, 11, 25, 13, 55, tzinfo=UTC), False, datetime(2026, 11, 25, 23, 0, tzinfo=UTC)),
        (datetime(2026, 11, 25, 18, 0, tzinfo=UTC), True, datetime(2026, 11, 25, 23, 0, tzinfo=UTC)),
    ],
    ids=["urgent by day", "after a while", "the while ends at night", "urgent at night"],
)
def test_the_rest_rings_after_a_while_and_never_at_night(rings: datetime, urgent: bool, rest_rings: datetime) -> None:
    assert rings_at(rings, urgent=urgent, after=timedelta(minutes=10)) == rest_rings


def test_one_phone_is_told_once_however_often_it_asked() -> None:
    twice = [Requester(str(n), "c", phone, None, "vi") for n, phone in enumerate(("+841", "+842", "+841"))]
    assert [one.request_id for one in once_a_phone(twice)] == ["0", "1"]


def test_numbers_go_round_and_skip_those_in_use() -> None:
    assert next_number(0, set()) == 1
    assert next_number(1, set()) == 2
    assert next_number(98, {99}) == 1
    assert next_number(99, {1, 2}) == 3
    assert next_number(40, set(range(1, 100))) == 100


@given(st.integers(0, 99), st.sets(st.integers(1, 120), max_size=110))
def test_a_number_never_names_two_open_tickets(last: int, held: set[int]) -> None:
    assert next_number(last, held) not in held


@pytest.mark.parametrize(("hour_utc", "night"), [(22, True), (23, False), (13, False), (14, True), (17, True)])
def test_night_is_from_nine_to_six_in_vietnam(hour_utc: int, night: bool) -> None:
    assert is_night(datetime(2026, 11, 25, hour_utc, 0, tzinfo=UTC)) is night


def test_the_morning_after_is_the_next_six_o_clock() -> None:
    evening = datetime(2026, 11, 25, 15, 0, tzinfo=UTC)  # 22:00
    small_hours = datetime(2026, 11, 25, 18, 0, tzinfo=UTC)  # 01:00 of the 26th
    assert morning_after(evening) == morning_after(small_hours) == datetime(2026, 11, 25, 23, 0, tzinfo=UTC)


OFFERED = Facts("offered", 2, "m", "T-1", False, ticket_version=2, status="offered")


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        (OFFERED, None),
        (replace(OFFERED, ticket_version=None, status=None), None),
        (replace(OFFERED, ticket_version=5, status="offered"), None),
        (replace(OFFERED, ticket_version=3, status="accepted"), "taken"),
        (replace(OFFERED, offer_ended=3), "taken"),
        (replace(OFFERED, offer_ended=2), None),
        (replace(OFFERED, offer_ended=1), None),
        (replace(OFFERED, stopped=True), "stopped"),
        (replace(OFFERED, alert="answer", stopped=True), None),
        (replace(OFFERED, alert="resolved", ticket_version=3, status="reopened"), "overtaken"),
        (replace(OFFERED, alert="unrouted", ticket_version=3, status="offered"), "overtaken"),
        (replace(OFFERED, alert="warned", ticket_version=3, status="resolved"), "overtaken"),
        (replace(OFFERED, alert="taken", ticket_version=9, status="closed"), None),
        (replace(OFFERED, alert="accepted", ticket_version=3, status="in_progress", ticket_member="m"), None),
        (replace(OFFERED, alert="accepted", ticket_version=3, status="accepted", ticket_member="x"), "overtaken"),
        (
            replace(OFFERED, alert="accepted", person=None, ticket_version=3, status="accepted", ticket_team="T-2"),
            "overtaken",
        ),
        (replace(OFFERED, alert="accepted", person=None, ticket_version=3, status="accepted", ticket_team="T-1"), None),
    ],
)
def test_what_is_overtaken_is_not_wanted(facts: Facts, why: str | None) -> None:
    assert unwanted(facts) == why


BUSY = Outcome("temporary", "busy")


def test_a_passing_refusal_is_tried_again_after_one_five_and_fifteen_minutes() -> None:
    pauses = []
    for tries in (1, 2, 3):
        next_try = after(BUSY, tries, NOW, LATER)
        assert next_try.state == "queued"
        assert next_try.not_before is not None
        pauses.append(next_try.not_before - NOW)
    assert pauses == [timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15)]
    assert after(BUSY, 4, NOW, LATER).state == "failed"


def test_a_refusal_for_good_is_final_at_once() -> None:
    assert after(Outcome("permanent", "barred"), 1, NOW, LATER).state == "failed"


def test_what_would_be_too_old_by_then_is_not_tried_again() -> None:
    assert after(BUSY, 3, NOW, NOW + timedelta(minutes=14)).state == "expired"


def test_the_other_side_may_ask_for_a_longer_pause() -> None:
    asked = after(replace(BUSY, retry_after=timedelta(minutes=30)), 1, NOW, LATER)
    assert asked.not_before == NOW + timedelta(minutes=30)
    impatient = after(replace(BUSY, retry_after=timedelta(seconds=1)), 1, NOW, LATER)
    assert impatient.not_before == NOW + timedelta(minutes=1)


def test_what_arrived_is_over() -> None:
    assert after(DELIVERED, 1, NOW, LATER).state == "delivered"


def test_the_next_way_out_is_one_that_exists_here() -> None:
    ways = Ways({name: Way(name, "phone", True) for name in ("simulator", "webhook")})
    assert ways.left(["zalo", "simulator"]) == "simulator"
    assert ways.left([]) is None


LOST_FROM_SIGHT = Outcome("temporary", "no_answer", maybe_sent=True)


def test_what_may_have_left_is_sent_again_only_once() -> None:
    assert after(LOST_FROM_SIGHT, 1, NOW, LATER).state == "queued"
    again = after(LOST_FROM_SIGHT, 2, NOW, LATER, resent=True)
    assert (again.state, again.reason) == ("failed", "no_answer")
    assert after(BUSY, 2, NOW, LATER, resent=True).state == "queued"


@pytest.mark.parametrize(
    ("status", "header", "expected"),
    [
        (200, None, ("sent", None)),
        (204, None, ("sent", None)),
        (302, None, ("temporary", None)),
        (410, None, ("permanent", None)),
        (422, None, ("permanent", None)),
        (401, None, ("temporary", None)),
        (429, "120", ("temporary", 120)),
        (503, "Wed, 25 Nov 2026 05:10:00 GMT", ("temporary", 600)),
        (503, "soon", ("temporary", None)),
        (503, "999999", ("temporary", 3600)),
        (500, None, ("temporary", None)),
    ],
)
def test_a_webhook_s_answer_is_understood(status: int, header: str | None, expected: tuple[str, int | None]) -> None:
    outcome = read_answer(status, header, NOW)
    wait = outcome.retry_after.total_seconds() if outcome.retry_after else None
    assert (outcome.kind, wait) == expected


def test_numbers_within_a_text_are_cut_and_nothing_else() -> None:
    text = "Viec 1: Y Wen 0905 000 001, Thon 3. So gap mat 47. Ma 482 915 307. Goi 1022"
    assert without_numbers(text) == "Viec 1: Y Wen •••001, Thon 3. So gap mat 47. Ma 482 915 307. Goi 1022"
    assert without_numbers("goi to +84905123456") == "goi to •••456"
