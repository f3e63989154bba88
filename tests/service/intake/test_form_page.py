"""The form at `/` without a script: what was typed is kept, a page sent twice is one request, no secret is told."""

import re
from datetime import timedelta

import httpx
import pytest

from services.intake.requests.desk import Desk
from services.intake.requests.draft import Draft
from services.intake.requests.store import Filed
from shared.clock import Clock
from shared.events import tickets
from shared.web.forms import Nonces
from tests.service.intake.world import SECRET, WEDNESDAY, World, member, request, told
from tests.support.forms import Form, form_to

TYPED = {
    "category": "payments",
    "description": "Tôi quét mã <b>QR</b> mà báo lỗi",
    "phone": "0905 123 456",
    "requester_name": "H'Bia Niê",
    "commune_code": "24133",
    "language": "rad",
}


async def open_form(intake: World, path: str = "/") -> Form:
    answer = await intake.http.get(path)
    assert answer.status_code == 200
    return form_to(answer.text, "/")


async def send(intake: World, values: dict[str, str], nonce: str | None = None) -> httpx.Response:
    return await intake.http.post("/", data={"nonce": nonce or (await open_form(intake)).values["nonce"], **values})


def code_in(answer: httpx.Response) -> str:
    assert answer.status_code == 303, answer.text
    found = re.match(r"/t/(\d{9})\?sent=", answer.headers["location"])
    assert found
    return found[1]


async def test_the_way_of_a_resident_without_a_script(intake: World) -> None:
    form = await open_form(intake)
    assert form.options["commune_code"] == ["", "24133", "24154"]
    assert "village_id" not in form.options
    asked = await send(intake, TYPED | {"step": "villages"}, form.values["nonce"])
    assert asked.status_code == 200
    second = form_to(asked.text, "/")
    assert second.options["village_id"] == ["", "v-1", "v-3", "v-2"]
    assert {name: second.values[name] for name in TYPED} == TYPED
    sent = await intake.http.post("/", data=second.values | {"village_id": "v-1"})
    code = code_in(sent)
    [row] = await intake.rows("select code, channel, phone, village_id, language, requester_name from request")
    assert tuple(row) == (code, "web", "+84905123456", "v-1", "rad", "H'Bia Niê")


async def test_after_sending_the_code_the_promise_and_what_happens_next(intake: World) -> None:
    await intake.tell(member())
    sent = await send(intake, TYPED | {"village_id": "v-1"})
    page = await intake.http.get(sent.headers["location"])
    code = code_in(sent)
    assert page.status_code == 200
    assert f"{code[:3]}\u00a0{code[3:6]}\u00a0{code[6:]}" in page.text
    assert "Tổ Buôn Akŏ Dhông trả lời trước 11:00 hôm nay." in page.text
    assert page.text.count("<li>") >= 3
    assert "Làm ngay" not in page.text
    assert "905" not in page.text.replace(code, "") and "H'Bia" not in page.text


async def test_a_scam_is_told_what_to_do_now_before_all_else(intake: World) -> None:
    sent = await send(intake, TYPED | {"category": "scam_safety"})
    page = (await intake.http.get(sent.headers["location"])).text
    assert "Tổ gần nhất trả lời trước 09:30 hôm nay." in page
    assert page.index("Làm ngay") < page.index("Mã yêu cầu")


async def test_no_address_holds_personal_data(intake: World) -> None:
    sent = await send(intake, TYPED)
    assert "905" not in sent.headers["location"].replace(code_in(sent), "")
    other = (await intake.file(phone="0905123499"))["code"]
    token = sent.headers["location"].partition("?")[2]
    page = await intake.http.get(f"/t/{other}?{token}")  # somebody else's receipt opens nothing
    assert "trả lời" not in page.text and 'name="phone_last4"' in page.text


async def test_the_same_page_sent_twice_is_one_request(intake: World) -> None:
    nonce = (await open_form(intake)).values["nonce"]
    first, again = await send(intake, TYPED, nonce), await send(intake, TYPED | {"description": "khác"}, nonce)
    assert code_in(first) == code_in(again)
    assert await intake.count("request") == await intake.count("outbox") == 1


async def test_a_page_pressed_twice_at_once_is_not_its_own_twin(intake: World, monkeypatch: pytest.MonkeyPatch) -> None:
    nonce, look = (await open_form(intake)).values["nonce"], Desk.open_alike
    firsts: list[httpx.Response] = []

    async def just_after_the_first(desk: Desk, draft: Draft) -> Filed | None:
        monkeypatch.undo()
        firsts.append(await send(intake, TYPED, nonce))
        return await look(desk, draft)

    monkeypatch.setattr(Desk, "open_alike", just_after_the_first)
    second = await send(intake, TYPED, nonce)
    assert code_in(second) == code_in(firsts[0])


@pytest.mark.parametrize("nonce", ["forged", "x.y.z", ""])
async def test_an_unknown_nonce_gets_a_fresh_page_filled_in(intake: World, nonce: str) -> None:
    answer = await intake.http.post("/", data=TYPED | {"nonce": nonce})
    form = form_to(answer.text, "/")
    assert answer.status_code == 422
    assert {name: form.values[name] for name in TYPED} == TYPED
    assert await intake.count("request") == 0
    assert code_in(await intake.http.post("/", data=form.values))


async def test_an_old_nonce_gets_a_fresh_page_too(intake: World, monkeypatch: pytest.MonkeyPatch) -> None:
    old = Nonces(SECRET).new()
    moment = Clock.wall() + timedelta(hours=13)
    monkeypatch.setattr("itsdangerous.timed.time.time", moment.timestamp)
    answer = await intake.http.post("/", data=TYPED | {"nonce": old})
    assert answer.status_code == 422
    assert form_to(answer.text, "/").values["nonce"] != old


async def test_errors_stand_beside_their_fields_and_what_was_typed_stays(intake: World) -> None:
    wrong = TYPED | {"phone": "12345", "description": "  ", "commune_code": ""}
    answer = await send(intake, wrong)
    form = form_to(answer.text, "/")
    assert answer.status_code == 422
    assert form.values["phone"] == "12345" and form.values["requester_name"] == "H'Bia Niê"
    assert re.search(r'<a href="#f-phone">Số điện thoại cần 10 chữ số, ví dụ 0905 123 456.</a>', answer.text)
    for field in ("phone", "description", "commune_code"):
        assert f'id="e-{field}"' in answer.text and f'id="f-{field}"' in answer.text
    assert await intake.count("request") == 0


async def test_what_was_typed_is_never_markup(intake: World) -> None:
    answer = await send(intake, TYPED | {"phone": "1", "requester_name": '"><script>alert(1)</script>'})
    assert "<script>alert" not in answer.text and "<b>QR</b>" not in answer.text
    assert form_to(answer.text, "/").values["description"] == TYPED["description"]


async def test_a_village_of_another_commune_is_refused_with_the_right_list(intake: World) -> None:
    answer = await send(intake, TYPED | {"commune_code": "24154", "village_id": "v-1"})
    assert answer.status_code == 422
    assert form_to(answer.text, "/").options["village_id"] == ["", "v-9"]


async def test_a_commune_is_searched_without_a_script_by_its_old_name(intake: World) -> None:
    answer = await send(intake, TYPED | {"commune_code": "", "commune_q": "tan loi", "step": "communes"})
    assert form_to(answer.text, "/").options["commune_code"] == ["", "24133"]
    assert "Phường Tân Lợi" in answer.text


async def test_a_poster_may_fill_in_the_commune(intake: World) -> None:
    form = await open_form(intake, "/?commune_code=24133&category=payments")
    assert (form.values["commune_code"], form.values["category"]) == ("24133", "payments")
    assert "village_id" in form.options


async def test_the_whole_page_is_there_in_english(intake: World) -> None:
    page = (await intake.http.get("/?lang=en")).text
    assert '<html lang="en">' in page and "What do you need help with?" in page
    assert "Bà con" not in page


# The same phone, category and commune


async def test_an_open_request_alike_is_said_and_can_be_added_to(intake: World) -> None:
    code = code_in(await send(intake, TYPED))
    answer = await send(intake, TYPED | {"description": "vẫn chưa được"})
    assert answer.status_code == 200
    assert "Số này đã có một yêu cầu như vậy còn mở" in answer.text
    assert await intake.count("request") == 1
    form = form_to(answer.text, "/")
    [(_, slip)] = [button for button in form.buttons if button[0] == "add_to"]
    added = await intake.http.post("/", data=form.values | {"add_to": slip})
    assert added.status_code == 303
    assert [tuple(row) for row in await intake.rows("select code, joined from request order by joined")] == [
        (code, False),
        (code, True),
    ]
    assert "Đã thêm vào yêu cầu trước" in (await intake.http.get(added.headers["location"])).text


async def test_a_number_alone_tells_nobody_the_code_of_its_request(intake: World) -> None:
    code = code_in(await send(intake, TYPED))
    asked = await send(intake, TYPED)
    form = form_to(asked.text, "/")
    [(_, slip)] = [button for button in form.buttons if button[0] == "add_to"]
    added = await intake.http.post("/", data=form.values | {"add_to": slip})
    page = await intake.http.get(added.headers["location"])
    for seen in (asked.text, added.headers["location"], page.text):
        assert code not in re.sub(r"\D", "", seen)


async def test_whoever_knows_the_code_may_add_by_it_and_sees_it(intake: World) -> None:
    code = code_in(await send(intake, TYPED))
    assert code_in(await send(intake, TYPED | {"add_to": code})) == code
    wrong = await send(intake, TYPED | {"add_to": code, "phone": "0905 123 457"})
    assert wrong.status_code == 422
    assert "add_to" not in form_to(wrong.text, "/").values  # sent again, it is a request of its own


async def test_another_matter_of_the_same_number_is_a_new_request(intake: World) -> None:
    first = code_in(await send(intake, TYPED))
    assert code_in(await send(intake, TYPED | {"new": "yes"})) != first
    assert code_in(await send(intake, TYPED | {"category": "scam_safety"})) != first


async def test_once_the_first_is_done_nothing_is_asked(intake: World) -> None:
    first = code_in(await send(intake, TYPED))
    await intake.tell(told(tickets.Cancelled, first, 2, status="cancelled"))
    assert code_in(await send(intake, TYPED)) != first


async def test_too_many_from_one_number_are_told_so_with_the_form_kept(
    intake: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from services.intake.requests import flooding

    for _ in range(flooding.A_PHONE.most):
        await intake.post(request(channel="web"))
    answer = await send(intake, TYPED | {"new": "yes"})
    assert answer.status_code == 429
    assert form_to(answer.text, "/").values["description"] == TYPED["description"]


async def test_a_nonce_is_remembered_longer_than_its_signature_holds(intake: World) -> None:
    await send(intake, TYPED)
    [(kept_until,)] = await intake.rows("select kept_until from once")
    assert kept_until > WEDNESDAY + timedelta(days=13)
