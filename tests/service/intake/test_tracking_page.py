"""`/t/`: one sentence in plain words, the timeline, and what a resident may do; assign decides, and may be away."""

import re

import httpx
import pytest

from services.intake.requests.flooding import A_PHONE
from shared.events import tickets
from shared.web.trace_context import trace_id
from tests.service.intake.neighbours import Neighbour
from tests.service.intake.world import World, life, member, offer, told
from tests.support.forms import form_to, forms_of

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


async def open_ticket(intake: World, code: str, last4: str = "3456") -> httpx.Response:
    return await intake.http.post("/t/", data={"code": code, "phone_last4": last4})


def heading(page: str) -> str:
    found = re.search(r"<h1>(.*?)</h1>", page, re.DOTALL)
    assert found
    return found[1].strip()


async def through(intake: World, code: str, *names: str) -> str:
    """Tell the ticket's life so far; the page then."""
    await intake.tell(member(), *(life(code)[name] for name in names))
    return (await open_ticket(intake, code)).text


async def test_code_and_digits_open_the_ticket_and_no_address_holds_them(intake: World) -> None:
    code = (await intake.file())["code"]
    asked = await intake.http.get(f"/t/{code}")
    form = form_to(asked.text, "/t/")
    assert form.values["code"].replace(" ", "") == code
    page = await intake.http.post("/t/", data=form.values | {"phone_last4": "3456"})
    assert page.status_code == 200
    assert str(page.url) == "http://caunoi.test/t/"
    assert heading(page.text) == "Đã nhận. Đang tìm tổ gần nhất, tổ trả lời trước 11:00 hôm nay."


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["offered"], "Đang hỏi Tổ Buôn Akŏ Dhông. Tổ trả lời trước 11:00 hôm nay."),
        (["offered", "accepted"], "Tổ Buôn Akŏ Dhông đã nhận. Tổ sẽ gọi bà con."),
        (["offered", "accepted", "started"], "Tổ Buôn Akŏ Dhông đang làm."),
        (["offered", "accepted", "started", "resolved"], "Tổ Buôn Akŏ Dhông báo đã xong. Bà con xem đã được chưa?"),
        (["offered", "accepted", "started", "resolved", "closed"], "Đã khép lại. Cảm ơn bà con."),
    ],
)
async def test_where_it_stands_is_one_sentence(intake: World, names: list[str], said: str) -> None:
    code = (await intake.file())["code"]
    assert heading(await through(intake, code, *names)) == said


async def test_a_team_that_declined_is_not_said_to_be_asked_until_it_is_asked_again(intake: World) -> None:
    code = (await intake.file())["code"]
    both = told(tickets.Offered, code, 1, status="offered", offers=[offer("T-1", "Tổ Một"), offer("T-2", "Tổ Hai")])
    declined = told(tickets.Declined, code, 2, status="offered", declined_by="T-1", reason="busy")
    for event, said in (
        (both, "Đang hỏi Tổ Một."),
        (declined, "Đang hỏi Tổ Hai."),
        (told(tickets.Offered, code, 3, status="offered", offers=[offer("T-1", "Tổ Một")]), "Đang hỏi Tổ Một."),
    ):
        await intake.tell(event)
        page = (await open_ticket(intake, code)).text
        assert heading(page).startswith(said)
    assert page.count("Đang hỏi Tổ Một và Tổ Hai.") == 1, "what happened stays told as it was"


async def test_who_comes_their_number_and_the_word_for_the_door(intake: World) -> None:
    code = (await intake.file())["code"]
    page = await through(intake, code, "offered", "accepted")
    assert "H&#39;Hen Niê" in page and 'href="tel:+84905000001"' in page
    assert re.search(r"<strong[^>]*>47</strong>", page)
    assert "0905 000 001" not in await through(intake, (await intake.file())["code"], "offered")


async def test_a_wrong_pair_says_what_to_do_and_keeps_the_code(intake: World) -> None:
    code = (await intake.file())["code"]
    answer = await open_ticket(intake, code, "0000")
    assert answer.status_code == 404
    assert "không đi với nhau" in answer.text
    assert form_to(answer.text, "/t/").values["code"].replace(" ", "") == code
    assert "gõ chưa đúng" in (await open_ticket(intake, "123")).text


async def test_too_many_tries_are_told_when_to_come_back(intake: World) -> None:
    code = (await intake.file())["code"]
    for _ in range(5):
        await open_ticket(intake, code, "0000")
    answer = await open_ticket(intake, code)
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0
    assert "60 phút" in answer.text


async def test_only_what_is_possible_has_a_button(intake: World) -> None:
    code = (await intake.file())["code"]

    def actions(page: str) -> set[str]:
        return {form.action.rpartition("/")[2] for form in forms_of(page)} - {""}

    assert actions((await open_ticket(intake, code)).text) == {"cancellation", "words"}
    resolved = await through(intake, code, "offered", "accepted", "started", "resolved")
    assert actions(resolved) == {"closure", "reopening", "rating"}
    assert actions(await through(intake, code, "closed")) == {"rating"}
    await intake.tell(told(tickets.Rated, code, 6, status="closed", stars=5))
    assert actions((await open_ticket(intake, code)).text) == set()


async def test_nobody_reopens_after_72_hours(intake: World) -> None:
    from datetime import timedelta

    code = (await intake.file())["code"]
    await through(intake, code, "offered", "accepted", "started", "resolved")
    intake.clock.set_now(intake.clock.now() + timedelta(hours=73))
    assert "/reopening" not in (await open_ticket(intake, code)).text


@pytest.mark.parametrize(
    ("action", "typed", "sent"),
    [
        ("cancellation", {"text": "Con tôi làm được rồi"}, {"reason": "Con tôi làm được rồi"}),
        ("cancellation", {}, {"reason": "Bà con hủy trên trang."}),
        ("reopening", {"text": "Vẫn báo lỗi"}, {"reason": "Vẫn báo lỗi"}),
        ("closure", {}, {}),
        ("rating", {"stars": "4", "text": "Tốt"}, {"stars": 4, "comment": "Tốt"}),
    ],
)
async def test_what_a_resident_does_is_sent_on_to_assign(
    beside: World, assign: Neighbour, action: str, typed: dict[str, str], sent: dict[str, str]
) -> None:
    code = (await beside.file())["code"]

    async def happens(code: str, _: str) -> None:
        await beside.tell(told(tickets.Cancelled, code, 9, status="cancelled"))

    assign.when_asked = happens
    headers = {"x-forwarded-for": "203.0.113.9", "traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"}
    answer = await beside.http.post(f"/t/{code}/{action}", data={"phone_last4": "3456", **typed}, headers=headers)
    assert answer.status_code == 200
    assert assign.asked == [(code, action, {"phone_last4": "3456", **sent})]
    assert assign.headers[0]["x-forwarded-for"] == "203.0.113.9"
    assert trace_id(assign.headers[0]["traceparent"]) == TRACE, "the caller's trace goes on"
    assert heading(answer.text) == "Đã hủy. Không ai đến nữa."  # what assign told meanwhile is on the page already


async def test_a_wrong_pair_reaches_nobody(beside: World, assign: Neighbour) -> None:
    code = (await beside.file())["code"]
    answer = await beside.http.post(f"/t/{code}/cancellation", data={"phone_last4": "0000"})
    assert answer.status_code == 404
    assert assign.asked == []


async def test_a_rating_without_stars_reaches_nobody(beside: World, assign: Neighbour) -> None:
    code = (await beside.file())["code"]
    answer = await beside.http.post(f"/t/{code}/rating", data={"phone_last4": "3456", "stars": "9"})
    assert "Xin xem lại những gì đã ghi" in answer.text
    assert assign.asked == []


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (409, "Lúc này không làm được việc đó nữa"),
        (422, "Xin xem lại những gì đã ghi"),
        (429, "Việc này đã được thử quá nhiều lần. Xin đợi một giờ rồi thử lại, hoặc gọi tổng đài 1022."),
        (503, "Hệ thống đang bận"),
    ],
)
async def test_a_refusal_is_said_kindly(beside: World, assign: Neighbour, status: int, said: str) -> None:
    code = (await beside.file())["code"]
    assign.status = status
    answer = await beside.http.post(f"/t/{code}/closure", data={"phone_last4": "3456"})
    assert answer.status_code == 200
    assert said in answer.text


async def test_with_assign_away_the_page_says_so_and_stays(intake: World) -> None:
    code = (await intake.file())["code"]
    answer = await intake.http.post(f"/t/{code}/cancellation", data={"phone_last4": "3456"})
    assert answer.status_code == 200
    assert "Bà con thử lại sau ít phút, hoặc gọi tổng đài 1022." in answer.text


async def test_a_word_added_joins_the_ticket_once(beside: World) -> None:
    code = (await beside.file(village_id="v-1", language="rad"))["code"]
    form = form_to((await open_ticket(beside, code)).text, f"/t/{code}/words")
    for _ in range(2):
        await beside.http.post(form.action, data=form.values | {"text": "Tôi chỉ ở nhà buổi tối"})
    joined = await beside.rows("select code, description, village_id, language, channel from request where joined")
    assert [tuple(row) for row in joined] == [(code, "Tôi chỉ ở nhà buổi tối", "v-1", "rad", "web")]


@pytest.mark.parametrize("said", ["", " \n", "\ufeff", "\x01", "a\x00b"])
async def test_a_word_that_is_no_text_is_refused_kindly(intake: World, said: str) -> None:
    code = (await intake.file())["code"]
    form = form_to((await open_ticket(intake, code)).text, f"/t/{code}/words")
    answer = await intake.http.post(form.action, data=form.values | {"text": said})
    assert answer.status_code == 200
    assert "Xin xem lại những gì đã ghi" in answer.text
    assert await intake.count("request") == 1


async def test_who_adds_a_word_too_often_is_asked_to_wait(intake: World) -> None:
    code = (await intake.file())["code"]
    pages: list[str] = []
    for number in range(A_PHONE.most + 1):
        form = form_to((await open_ticket(intake, code)).text, f"/t/{code}/words")
        pages.append((await intake.http.post(form.action, data=form.values | {"text": f"lời {number}"})).text)
    assert ["Xin đợi một giờ rồi thử lại" in page for page in pages] == [False] * A_PHONE.most + [True]
    assert await intake.count("request") == 1 + A_PHONE.most


async def test_an_address_left_in_the_browser_asks_again(intake: World) -> None:
    code = (await intake.file())["code"]
    answer = await intake.http.get(f"/t/{code}/cancellation")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/t/{code}")
