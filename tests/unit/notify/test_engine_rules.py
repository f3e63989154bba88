"""Promise 2.4: small rules of the engine: buckets, breakers, bundles, loops, nights, prices, links."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from services.notify.alerts.policy import FRESH, priority
from services.notify.alerts.quiet import AT_NIGHT, passes
from services.notify.alerts.wanted import Facts
from services.notify.alerts.wording import answering, manner_on, worded
from services.notify.answer_pages.token import number_of, token
from services.notify.channels.channel import DELIVERED, Outcome
from services.notify.costs.prices import Price, month_of, price_of, standing
from services.notify.messages.breaker import FIRST_PAUSE, LONGEST_PAUSE, Breaker
from services.notify.messages.buckets import Bucket
from services.notify.messages.bundling import bundles
from services.notify.messages.judging import Judged, Terms, judge
from services.notify.messages.pace import PACES, Pace, pace_of
from services.notify.messages.retry import after
from services.notify.messages.store.claiming import Claimed, Recent
from services.notify.messages.ways import Way
from services.notify.receipts.receive import PATIENCE

NOW = datetime(2026, 11, 25, 5, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
FIVE = Bucket(5, 3 * MINUTE)
DOWN = Outcome("temporary", "unreachable")


def message(number: int = 1, **changes: object) -> Claimed:
    """An offer that waits."""
    usual = Claimed(
        id=uuid4(),
        alert="offered",
        code="482915307",
        version=1,
        person="m",
        phone="+84901000001",
        team="T-1",
        offer_id=None,
        province="66",
        unit_path=["66", "24121"],
        channel="kannel",
        further_channels=[],
        text=f"Viec {number}",
        template="offered",
        slots={"place": f"Buôn {number}"},
        on_phones="sms",
        number=number,
        resent=False,
        tries=1,
        priority=1,
        parts=1,
        created_at=NOW - MINUTE,
        not_before=NOW - MINUTE,
        expires_at=NOW + timedelta(hours=6),
        correlation="",
        bundled_in=None,
        bundles=False,
        address="+84901000001",
    )
    return replace(usual, **changes)


def judged(*messages: Claimed, sent: int = 0, same: int = 0, pace: Pace | None = None, **terms: object) -> Judged:
    recent = Recent([NOW - MINUTE] * sent, same)
    facts = Facts("offered", 1, "m", "T-1", stopped=False)
    usual = Terms(pace or Pace(person=FIVE), NOW, frozenset(), lambda _, __: True)
    return judge([(one, facts, recent) for one in messages], replace(usual, **terms))


def test_a_bucket_gives_five_at_once_then_one_in_three_minutes() -> None:
    assert FIVE.free_at([], NOW) == NOW
    assert FIVE.free_at([NOW] * 4, NOW) == NOW
    assert FIVE.free_at([NOW] * 5, NOW) == NOW + 3 * MINUTE
    assert FIVE.free_at([NOW - 3 * MINUTE] * 5, NOW) == NOW
    assert FIVE.free_at([*[NOW - 3 * MINUTE] * 5, NOW], NOW) == NOW + 3 * MINUTE
    assert FIVE.free_at([NOW - timedelta(hours=1)] * 5, NOW) == NOW


def test_over_the_bucket_messages_wait_for_their_token_but_urgent_ones_and_answers_pass() -> None:
    late = judged(message(), sent=5)
    assert [(why, until) for _, why, until in late.put_off] == [("paced", NOW + 2 * MINUTE)]
    assert judged(message(), sent=4).send
    assert judged(message(priority=0), sent=50).send
    assert judged(message(alert="answer"), sent=50).send
    assert judged(message(), sent=50, pace=Pace()).send


def test_of_one_batch_no_more_leave_than_there_are_tokens() -> None:
    found = judged(*[message(n) for n in range(1, 9)])
    assert (len(found.send), len(found.put_off)) == (5, 3)


def test_first_alerts_jump_the_queue() -> None:
    warned, offered = message(1, alert="warned", priority=2), message(2)
    assert judged(warned, offered, sent=4).send == [offered]
    assert [priority("offered", urgent=False), priority("warned", urgent=False)] == [1, 2]
    assert {priority(kind, urgent=True) for kind in FRESH} == {0}


def waited(number: int, **changes: object) -> Claimed:
    return message(number, created_at=NOW - timedelta(hours=5), **changes)


def test_offers_that_waited_go_as_one_and_take_one_token() -> None:
    them = [waited(n) for n in (3, 1, 2)]
    found = judged(*them, sent=4)
    (bundle,) = found.bundles
    assert (bundle.carrier.number, [m.number for m in bundle.followers]) == (1, [2, 3])
    assert bundle.values == {"count": "3", "list": "1 Buôn 1, 2 Buôn 2, 3 Buôn 3", "n": "1"}
    assert len(found.send) == 3 and not found.put_off


def test_a_bundle_without_a_token_waits_as_a_whole() -> None:
    found = judged(waited(1), waited(2), sent=5)
    assert not found.send and len(found.put_off) == 2


def test_what_is_urgent_or_new_or_somebody_else_s_is_not_put_together() -> None:
    apart = [message(1), waited(2), waited(3, priority=0), waited(4, person="x"), waited(5, template="warned_response")]
    assert judged(*apart, pace=Pace()).bundles == []
    assert judged(waited(1), waited(2), fits=None).bundles == []


def test_a_bundle_holds_no_more_than_fits() -> None:
    them = [waited(n) for n in range(1, 8)]
    found = bundles(them, lambda _, values: len(values["list"]) <= 30)
    assert [1 + len(bundle.followers) for bundle in found] == [3, 3]


def test_the_same_text_to_the_same_number_a_sixth_time_is_dropped() -> None:
    assert [why for _, why in judged(message(), same=5).drop] == ["looped"]
    assert judged(message(), same=4, pace=Pace()).send
    alike = [message(1, text="the same") for _ in range(8)]
    assert [why for _, why in judged(*alike, pace=Pace()).drop] == ["looped"] * 3


def test_who_has_spent_the_budget_sends_only_what_cannot_wait() -> None:
    spent = frozenset({"24121"})
    assert [why for _, why, _ in judged(message(), spent_out=spent).put_off] == ["over_budget"]
    passing = [message(priority=0), message(alert="answer"), message(alert="escalated"), message(unit_path=["68"])]
    assert len(judged(*passing, spent_out=spent).send) == 4


def test_a_channel_that_fails_five_different_people_is_left_alone() -> None:
    breaker = Breaker()
    for n in range(4):
        breaker = breaker.after([(f"+8490{n}", DOWN)], NOW)
    assert not breaker.after([("+84900", DOWN)], NOW).is_open(NOW), "the same person again says nothing new"
    breaker = breaker.after([("+8499", DOWN)], NOW)
    assert breaker.is_open(NOW) and breaker.is_half_open(NOW + FIRST_PAUSE)


def test_a_phone_that_is_off_says_nothing_about_the_channel() -> None:
    off = Outcome("temporary", "switched_off")
    breaker = Breaker().after([(f"+8490{n}", off) for n in range(9)], NOW)
    assert not breaker.is_open(NOW)
    mixed = Breaker().after([*((f"+8490{n}", DOWN) for n in range(9)), ("+8499", DELIVERED)], NOW)
    assert not mixed.is_open(NOW)


def test_after_the_pause_one_try_decides() -> None:
    breaker = Breaker().after([(f"+8490{n}", DOWN) for n in range(5)], NOW)
    later = NOW + FIRST_PAUSE
    again = breaker.after([("+8490", DOWN)], later)
    assert again.open_until == later + 2 * FIRST_PAUSE
    assert breaker.after([("+8490", DELIVERED)], later) == Breaker()
    for _ in range(9):
        assert again.open_until is not None
        again = again.after([("+8490", DOWN)], again.open_until)
    assert again.pause == LONGEST_PAUSE


def test_a_channel_s_own_fault_ends_no_message_that_has_no_other_way() -> None:
    late = NOW + timedelta(hours=12)
    assert after(DOWN, 4, NOW, late).state == "failed"
    assert after(DOWN, 9, NOW, late, patient=True).not_before == NOW + 15 * MINUTE
    assert after(DOWN, 9, NOW, NOW + MINUTE, patient=True).state == "expired"


def test_what_rings_at_night_stands_in_a_table() -> None:
    assert set(AT_NIGHT) == set(FRESH)
    assert passes("offered", urgent=True) and not passes("offered", urgent=False)
    assert not passes("offered", urgent=True, may_be_woken=False)
    assert passes("answer", urgent=False) and passes("submitted", urgent=False)
    assert not passes("resolved", urgent=True)


SMS = Way("kannel", "phone", two_way=True)
BRANDNAME = Way("esms", "phone", two_way=False)
CHAT = Way("zalo", "zalo", two_way=True)
MAIL = Way("email", "email", two_way=False)


def test_where_one_cannot_answer_the_text_says_how() -> None:
    assert [answering(way, "8077") for way in (SMS, BRANDNAME, CHAT, MAIL)] == ["here", "number", "here", "link"]
    assert answering(BRANDNAME, "") == "link"
    values = {"n": "3"}
    assert worded("taken_taken", "sms", values, BRANDNAME, "8077", None) == "Viec 3 da co to khac nhan. Cam on anh chi!"
    asked = {**values, "category": "Máy", "place": "Buôn Kbu", "km": "1 km", "time": "15:00"}
    assert worded("offered", "sms", asked, BRANDNAME, "8077", None).endswith("TUCHOI 3 gui 8077")
    assert worded("offered", "sms", asked, SMS, "8077", None).endswith("TUCHOI 3")
    assert worded("offered", "sms", asked, MAIL, "8077", "https://x/hooks/a/1").endswith("https://x/hooks/a/1")


def test_diacritics_are_free_in_a_chat_and_kept_off_an_sms() -> None:
    assert [manner_on(way.kind, "sms") for way in (SMS, CHAT, MAIL)] == ["sms", "vi", "vi"]
    assert manner_on("zalo", "en") == "en" and manner_on("phone", "vi") == "vi"


@pytest.mark.parametrize("number", [0, 1, 35, 36, 123_456_789])
def test_a_link_s_token_is_short_and_signed(number: int) -> None:
    made = token(number, "a secret key for tests")
    assert len(made) <= 16
    assert number_of(made, "a secret key for tests") == number
    assert number_of(made, "another secret of ours") is None
    assert number_of(("z" if made[0] != "z" else "y") + made[1:], "a secret key for tests") is None


@pytest.mark.parametrize("made", ["", "x", "12345678901", "/../../etc", "ÄÖÜßabcdefghij", "1" * 40])
def test_what_is_no_token_opens_nothing(made: str) -> None:
    assert number_of(made, "a secret key for tests") is None


PRICES = [
    Price("kannel", "", 300, NOW - timedelta(days=30)),
    Price("kannel", "+8490", 250, NOW - timedelta(days=30), NOW + timedelta(days=1)),
    Price("kannel", "+8490", 400, NOW + timedelta(days=1)),
]


def test_a_part_costs_what_the_longest_prefix_says_that_is_valid() -> None:
    assert price_of(PRICES, "kannel", "+84911000001", 2, NOW) == 600
    assert price_of(PRICES, "kannel", "+84901000001", 2, NOW) == 500
    assert price_of(PRICES, "kannel", "+84901000001", 1, NOW + timedelta(days=2)) == 400
    assert price_of(PRICES, "zalo", "+84901000001", 1, NOW) is None


def test_four_fifths_of_a_budget_are_a_warning_and_all_of_it_a_stop() -> None:
    assert [standing(spent, 1000) for spent in (0, 799, 800, 999, 1000)] == [
        *("well", "well", "nearly_spent", "nearly_spent", "spent"),
    ]
    assert month_of(datetime(2026, 11, 30, 17, 30, tzinfo=UTC)) == "2026-12", "Vietnam's calendar"


def test_settings_change_the_pace_of_a_channel(monkeypatch: pytest.MonkeyPatch) -> None:
    assert pace_of("simulator") == Pace()
    monkeypatch.setenv("SIMULATOR_PERSON_BURST", "2")
    monkeypatch.setenv("SIMULATOR_PER_MINUTE", "60")
    assert pace_of("simulator") == Pace(Bucket(60, timedelta(seconds=1)), Bucket(2, 3 * MINUTE))
    monkeypatch.setenv("KANNEL_RECEIPT_WAIT_S", "0")
    assert pace_of("kannel").receipt_wait is None
    assert all(pace.receipt_wait is None or pace.receipt_wait < PATIENCE for pace in PACES.values())
