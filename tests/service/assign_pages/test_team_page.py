"""`/team`: what waits for my team's answer, what we have in hand, and whose number is shown to whom."""

from datetime import timedelta
from html import unescape

import pytest

from services.assign.tickets.lifecycle import Action
from tests.support.assign import SUPERVISOR, WEDNESDAY, World, member
from tests.support.assign_web import Desk

ME, NEIGHBOUR_OF_MINE = member("mine"), member("mine", "M")
NUMBER, SPOKEN = "+84905123456", "0905 123 456"


@pytest.fixture
async def code(world: World) -> str:
    """A ticket that my team was asked to take."""
    await world.team("mine", metres=100)
    await world.team("other", metres=900)
    return await world.ask(requester_name="H’Bia Niê", phone=NUMBER)


async def shown(desk: Desk, who: object = ME) -> str:
    answer = await desk.page("/team", who)  # pyright: ignore[reportArgumentType]
    assert answer.status_code == 200
    return unescape(answer.text)


async def test_whoever_is_no_member_is_led_to_sign_in(world: World, desk: Desk):
    for who in (None, SUPERVISOR):
        answer = await desk.page("/team", who)
        assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")


async def test_what_waits_for_an_answer_stands_first_and_what_is_due_first_before_the_rest(
    world: World, desk: Desk, code: str
):
    await world.at(WEDNESDAY + timedelta(minutes=30))
    later = await world.ask(description="Máy không lên nguồn")
    urgent = await world.ask(category="scam_safety", description="Bị lừa chuyển tiền")
    page = await shown(desk)
    places = [page.index(f'id="t-{one}"') for one in (urgent, code, later)]
    assert places == sorted(places)
    assert places[-1] < page.index("Tổ đang làm")


async def test_before_somebody_accepts_nobody_sees_the_residents_number_or_name(world: World, desk: Desk, code: str):
    page = await shown(desk)
    assert "Không biết quét mã QR" in page
    assert SPOKEN not in page and NUMBER not in page and "H’Bia" not in page


async def test_only_the_member_who_accepted_sees_number_name_and_the_word_for_the_door(
    world: World, desk: Desk, code: str
):
    await desk.send(f"/team/{code}/acceptance", ME)
    word = (await world.ticket(code)).word
    mine, of_others = await shown(desk), await shown(desk, NEIGHBOUR_OF_MINE)
    assert "tel:+84905123456" in mine and SPOKEN in mine and "H’Bia Niê" in mine and f">{word}</strong>" in mine
    assert "Không biết quét mã QR" in of_others and "Người mine nhận việc này" in of_others
    assert SPOKEN not in of_others and NUMBER not in of_others and "H’Bia" not in of_others
    assert f">{word}</strong>" not in of_others


async def test_the_way_there_leads_to_the_pin_and_without_one_to_the_name(world: World, desk: Desk, code: str):
    pinned = await world.ask(lat=12.684321, lon=108.051234)
    [team] = await world.outcomes(pinned)
    for one, who in ((code, ME), (pinned, member(team))):
        await desk.send(f"/team/{one}/acceptance", who)
    assert "geo:12.684321,108.051234" in await shown(desk, member(team))
    page = await shown(desk)
    assert "geo:0,0?q=Ph%C6%B0%E1%BB%9Dng%20T%C3%A2n%20L%E1%BA%ADp" in page


async def test_a_members_whole_day_is_done_with_plain_forms(world: World, desk: Desk, code: str):
    steps = [
        ("acceptance", {}, "accepted"),
        ("start", {}, "in_progress"),
        ("waiting", {"until": "2026-11-26T15:00", "reason": "chiều mai"}, "waiting"),
        ("resumption", {}, "in_progress"),
        ("resolution", {"outcome": "solved", "note": "đã cài lại"}, "resolved"),
    ]
    for action, typed, status in steps:
        answer = await desk.send(f"/team/{code}/{action}", ME, typed)
        assert answer.status_code == 303, answer.text
        assert (await world.ticket(code)).status == status
        assert "notice good" in (await desk.page(answer.headers["location"], ME)).text
    assert "15:00" not in await shown(desk)
    assert "Đã xong, chờ bà con xác nhận (1)" in await shown(desk)


async def test_an_appointment_is_a_time_of_vietnam(world: World, desk: Desk, code: str):
    await desk.send(f"/team/{code}/acceptance", ME)
    await desk.send(f"/team/{code}/waiting", ME, {"until": "2026-11-26T15:00", "reason": "chiều mai ở nhà"})
    assert (await world.ticket(code)).waiting_until == WEDNESDAY + timedelta(days=1, hours=6)
    page = await shown(desk)
    assert "15:00 ngày mai" in page and "chiều mai ở nhà" in page


async def test_a_refusal_keeps_its_reason_and_asks_the_next_team(world: World, desk: Desk, code: str):
    answer = await desk.send(f"/team/{code}/refusal", ME, {"reason": "busy", "note": ""})
    assert answer.headers["location"] == f"/team?did=refusal&code={code}"
    assert await world.outcomes(code) == {"mine": "declined", "other": "open"}
    assert code not in await shown(desk)


async def test_who_comes_too_late_is_told_kindly(world: World, desk: Desk, code: str):
    await world.at(WEDNESDAY + timedelta(minutes=21))
    await world.act(code, Action.ACCEPTANCE, member("other"))
    answer = await desk.send(f"/team/{code}/acceptance", ME)
    assert answer.status_code == 409
    assert "Đã có tổ khác nhận việc này rồi. Cảm ơn anh chị đã sẵn lòng!" in unescape(answer.text)


async def test_pressed_twice_a_neighbour_of_the_team_learns_who_has_it(world: World, desk: Desk, code: str):
    await desk.send(f"/team/{code}/acceptance", ME)
    answer = await desk.send(f"/team/{code}/acceptance", NEIGHBOUR_OF_MINE)
    assert answer.status_code == 409
    assert "Người trong tổ anh chị đã nhận việc này rồi." in unescape(answer.text)


@pytest.mark.parametrize(
    ("action", "typed", "sentence"),
    [
        ("waiting", {"until": "2026-11-26T15:00", "reason": " "}, "Cho biết lý do"),
        ("waiting", {"until": "2020-01-01T15:00", "reason": "hẹn"}, "Giờ hẹn phải ở phía trước."),
        ("waiting", {"until": "chiều mai", "reason": "hẹn"}, "Chọn cả ngày và giờ hẹn"),
        ("resolution", {"note": "đã gọi hai lần"}, "Chọn kết quả."),
    ],
)
async def test_a_form_that_cannot_be_done_says_so_in_place_and_keeps_what_was_typed(
    world: World, desk: Desk, code: str, action: str, typed: dict[str, str], sentence: str
):
    await desk.send(f"/team/{code}/acceptance", ME)
    answer = await desk.send(f"/team/{code}/{action}", ME, typed)
    page = unescape(answer.text)
    assert answer.status_code == 422
    assert f'href="#f-{code}-{action}-' in page and sentence in page
    assert all(text.strip() in page for text in typed.values())
    assert (await world.ticket(code)).status == "accepted"


async def test_a_form_of_another_site_changes_nothing(world: World, desk: Desk, code: str):
    answer = await desk.send(f"/team/{code}/acceptance", ME, None, **{"sec-fetch-site": "cross-site"})
    assert answer.status_code == 403
    assert (await world.ticket(code)).status == "offered"


async def test_a_strangers_team_finds_nothing(world: World, desk: Desk, code: str):
    assert code not in await shown(desk, member("other"))
    assert (await desk.send(f"/team/{code}/acceptance", member("other"))).status_code == 404
    assert (await desk.send("/team/123456789/acceptance", ME)).status_code == 404
    assert (await desk.send(f"/team/{code}/closure", ME)).status_code == 404


async def test_a_page_that_lies_open_asks_for_its_lists_alone(world: World, desk: Desk, code: str):
    part = await desk.page("/team/tickets", ME)
    assert code in part.text and "<html" not in part.text
    assert (await desk.page("/team/tickets")).status_code == 401


async def test_sixty_callers_about_one_thing_are_one_card(world: World, desk: Desk, code: str):
    for number in range(5):
        again = await world.request(code=code, add_to=True, description=f"Mất mạng lần {number}")
        await world.submit(again)
    page = await shown(desk)
    assert page.count(f'id="t-{code}"') == 1 and "và 3 người nữa cũng báo việc này" in page


async def test_a_reopened_ticket_says_what_the_resident_misses_and_can_be_given_back(
    world: World, desk: Desk, code: str
):
    for action, typed in (("acceptance", {}), ("resolution", {"outcome": "solved"})):
        await desk.send(f"/team/{code}/{action}", ME, typed)
    await world.act(code, Action.REOPENING, None, reason="vẫn không quét được")
    assert "vẫn không quét được" in await shown(desk)
    await desk.send(f"/team/{code}/refusal", ME, {"reason": "no_skill"})
    assert (await world.outcomes(code))["other"] == "open"


async def test_the_page_speaks_english_too(world: World, desk: Desk, code: str):
    page = (await desk.page("/team?lang=en", ME)).text
    assert "Waiting for your answer" in page and "Chờ tổ trả lời" not in page
