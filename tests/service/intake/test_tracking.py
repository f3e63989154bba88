"""Where a request stands, for whoever knows its code and the last four digits; nobody finds out by trying."""

import asyncio
from datetime import timedelta
from itertools import permutations

import pytest

from services.intake.tracking.events import ticket_handlers
from services.intake.tracking.guessing import A_CODE, AN_ADDRESS
from shared.events import people, tickets
from tests.service.intake.world import WEDNESDAY, World, life, member, offer, received, told


async def test_a_new_request_is_there_at_once(intake: World) -> None:
    filed = await intake.file()
    answer = await intake.look_up(filed["code"])
    body = answer.json()
    assert answer.status_code == 200
    assert set(body) == {"code", "status", "category", "submitted_at", "targets", "timeline"}
    assert (body["code"], body["status"], body["category"]) == (filed["code"], "new", "payments")
    assert (body["submitted_at"], body["targets"]) == (filed["submitted_at"], filed["targets"])
    assert [entry["event"] for entry in body["timeline"]] == ["submitted"]


async def test_the_code_may_be_typed_with_blanks_dots_and_hyphens(intake: World) -> None:
    code = (await intake.file())["code"]
    for typed in (f"{code[:3]} {code[3:6]} {code[6:]}", f"{code[:3]}.{code[3:6]}.{code[6:]}", f"{code[:3]}-{code[3:]}"):
        assert (await intake.look_up(typed)).json()["code"] == code


async def test_the_team_has_a_name_from_the_offer_and_a_number_from_acceptance(intake: World) -> None:
    code = (await intake.file())["code"]
    await intake.tell(member())
    story = life(code)
    await intake.tell(story["offered"])
    assert (await intake.look_up(code)).json()["team"] == {"name": "Tổ Buôn Akŏ Dhông"}
    for event, status in (
        ("accepted", "accepted"),
        ("started", "in_progress"),
        ("resolved", "resolved"),
        ("closed", "closed"),
    ):
        await intake.tell(story[event])
        body = (await intake.look_up(code)).json()
        assert body["status"] == status
        assert body["team"] == {"name": "Tổ Buôn Akŏ Dhông", "phone": "+84905000001"}
    assert [entry["event"] for entry in body["timeline"]] == [
        "submitted",
        "offered",
        "accepted",
        "started",
        "resolved",
        "closed",
    ]
    assert [entry["at"] for entry in body["timeline"]] == sorted(entry["at"] for entry in body["timeline"])


async def test_a_member_who_shows_no_number_or_left_has_none(intake: World) -> None:
    code = (await intake.file())["code"]
    story = life(code)
    await intake.tell(member(shown_phone=None), story["offered"], story["accepted"])
    assert (await intake.look_up(code)).json()["team"] == {"name": "Tổ Buôn Akŏ Dhông"}
    await intake.tell(member(revision=2), people.Removed(person_id="m-1", revision=2, removed_at=WEDNESDAY), member())
    assert (await intake.look_up(code)).json()["team"] == {"name": "Tổ Buôn Akŏ Dhông"}
    assert [tuple(row) for row in await intake.rows("select full_name, shown_phone from person")] == [("", None)]


async def test_an_unrouted_request_tells_the_truth_and_names_no_team(intake: World) -> None:
    code = (await intake.file())["code"]
    await intake.tell(told(tickets.Unrouted, code, 1, status="unrouted", reason="no_team_near", told=["s-1"]))
    body = (await intake.look_up(code)).json()
    assert body["status"] == "unrouted" and "team" not in body
    assert body["timeline"][-1]["text"] == "Chưa có tổ nào ở gần nhận được. UBND xã đã được báo và sẽ liên hệ."


async def test_events_in_any_order_end_in_the_same_story(intake: World) -> None:
    seen = set()
    for order in permutations(("offered", "accepted", "started")):
        code = (await intake.file())["code"]
        story = life(code)
        await intake.tell(*(story[event] for event in order))
        body = (await intake.look_up(code)).json()
        seen.add((body["status"], body["team"]["name"], tuple(entry["event"] for entry in body["timeline"])))
    assert seen == {("in_progress", "Tổ Buôn Akŏ Dhông", ("submitted", "offered", "accepted", "started"))}


async def test_a_batch_with_one_ticket_several_times_keeps_its_newest_state(intake: World) -> None:
    code = (await intake.file())["code"]
    states = ((3, "in_progress"), (2, "accepted"))
    await tell_together(intake, *(told(tickets.Started, code, version, status=state) for version, state in states))
    assert (await intake.look_up(code)).json()["status"] == "in_progress"


async def test_who_waited_for_the_ticket_has_an_earlier_time_and_the_later_word(intake: World) -> None:
    for order in permutations(("widened", "accepted")):
        code = (await intake.file())["code"]
        at = WEDNESDAY + timedelta(minutes=10)
        story = {
            "widened": told(tickets.Widened, code, 2, status="offered", at=at, offers=[offer()], reason="silence"),
            "accepted": told(tickets.Accepted, code, 3, status="accepted", at=at - timedelta(seconds=2), word="47"),
        }
        await intake.tell(*(story[event] for event in order))
        assert (await intake.look_up(code)).json()["status"] == "accepted"


async def test_a_ticket_that_assign_made_anew_after_it_was_set_back_is_shown_as_it_is(intake: World) -> None:
    code = (await intake.file())["code"]
    await intake.tell(member(), life(code)["offered"], life(code)["accepted"], life(code)["started"])
    later = WEDNESDAY + timedelta(hours=3)
    await intake.tell(told(tickets.Offered, code, 1, status="offered", at=later, offers=[offer("T-2", "Tổ Thôn 2")]))
    body = (await intake.look_up(code)).json()
    assert (body["status"], body["team"]) == ("offered", {"name": "Tổ Thôn 2"})
    await intake.tell(told(tickets.Cancelled, code, 2, status="cancelled", at=later + timedelta(minutes=1)))
    body = (await intake.look_up(code)).json()
    assert body["status"] == "cancelled"
    events = ["submitted", "offered", "accepted", "started", "offered", "cancelled"]
    assert [entry["event"] for entry in body["timeline"]] == events


async def test_what_is_delivered_late_in_one_batch_with_a_ticket_made_anew_changes_nothing(intake: World) -> None:
    code = (await intake.file())["code"]
    anew = told(tickets.Cancelled, code, 2, status="cancelled", at=WEDNESDAY + timedelta(hours=3))
    lost = told(tickets.Accepted, code, 2, status="accepted", word="47")
    await tell_together(intake, told(tickets.Started, code, 3, status="in_progress"), anew, lost)
    assert (await intake.look_up(code)).json()["status"] == "cancelled"


async def test_who_declined_is_not_told(intake: World) -> None:
    code = (await intake.file())["code"]
    declined = told(tickets.Declined, code, 2, status="offered", declined_by="T-1", reason="busy")
    await intake.tell(life(code)["offered"], declined)
    widened = told(tickets.Widened, code, 3, status="offered", offers=[offer("T-2", "Tổ Thôn 2")], reason="declined")
    await intake.tell(widened)
    body = (await intake.look_up(code)).json()
    assert [entry["event"] for entry in body["timeline"]] == ["submitted", "offered", "widened"]


async def test_the_timeline_speaks_the_callers_language(intake: World) -> None:
    code = (await intake.file())["code"]
    await intake.tell(life(code)["offered"])
    english = await intake.look_up(code, **{"accept-language": "en"})
    assert [entry["text"] for entry in english.json()["timeline"]] == [
        "The request was received.",
        "Asking Tổ Buôn Akŏ Dhông.",
    ]


# Guessing


async def test_a_wrong_pair_a_mistyped_and_an_unknown_code_look_alike(intake: World) -> None:
    code = (await intake.file())["code"]
    mistyped = code[:-1] + str((int(code[-1]) + 1) % 10)
    answers = [await intake.look_up(code, "0000"), await intake.look_up(mistyped), await intake.look_up("482915304")]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text for answer in answers}) == 1


async def test_five_wrong_tries_close_a_code_for_an_hour_even_to_the_right_digits(intake: World) -> None:
    code = (await intake.file())["code"]
    for number in range(A_CODE.most):
        assert (await intake.look_up(code, "0000", **_from(number))).status_code == 404
    closed = await intake.look_up(code, **_from(99))
    assert closed.status_code == 429
    assert 3500 < int(closed.headers["retry-after"]) <= 3600
    intake.clock.set_now(WEDNESDAY + timedelta(hours=1, minutes=1))
    assert (await intake.look_up(code)).status_code == 200


async def test_twenty_wrong_tries_close_an_address_and_no_other(intake: World) -> None:
    codes = [(await intake.file())["code"] for _ in range(5)]
    for number in range(AN_ADDRESS.most):
        assert (await intake.look_up(codes[number // 4], "0000", **_from(1))).status_code == 404
    assert (await intake.look_up(codes[4], **_from(1))).status_code == 429
    assert (await intake.look_up(codes[4], **_from(2))).status_code == 200


async def test_right_pairs_are_never_counted(intake: World) -> None:
    code = (await intake.file())["code"]
    for _ in range(30):
        assert (await intake.look_up(code)).status_code == 200
    assert await intake.count("tally") == 0


async def test_tries_side_by_side_are_counted_one_by_one(intake: World) -> None:
    code = (await intake.file())["code"]
    answers = await asyncio.gather(*(intake.look_up(code, f"{number:04}", **_from(number)) for number in range(30)))
    assert sorted(answer.status_code for answer in answers) == [404] * A_CODE.most + [429] * (30 - A_CODE.most)


async def test_an_ipv6_network_is_one_address(intake: World) -> None:
    codes = [(await intake.file())["code"] for _ in range(5)]
    for number in range(AN_ADDRESS.most):
        answer = await intake.look_up(codes[number // 4], "0000", **{"x-forwarded-for": f"2001:db8::{number + 1:x}"})
        assert answer.status_code == 404
    assert (await intake.look_up(codes[4], **{"x-forwarded-for": "2001:db8::ffff"})).status_code == 429


@pytest.mark.parametrize("table", ["tally", "once"])
async def test_no_number_or_address_stands_in_what_is_counted(intake: World, table: str) -> None:
    code = (await intake.file(channel="web"))["code"]
    await intake.look_up(code, "0000", **_from(7))
    text = " ".join(str(row) for row in await intake.rows(f"select * from {table}"))
    assert "905123456" not in text and "203.0.113.7" not in text and code not in text


async def tell_together(intake: World, *events: tickets.TicketEvent) -> None:
    async with intake.service.store.begin() as unit:
        await ticket_handlers()[tickets.Started](unit, [received(event) for event in events])


def _from(number: int) -> dict[str, str]:
    return {"x-forwarded-for": f"203.0.113.{number}"}
