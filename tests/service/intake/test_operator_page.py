"""`/operator`: the caller's number opens the history, the form is filed, the team is named, mistakes are put right."""

import json
import re
from typing import Any

import httpx
import pytest

from shared.events import tickets
from shared.identity import SESSION_COOKIE, Principal, Role
from tests.service.intake.neighbours import Neighbour
from tests.service.intake.world import World, life, told
from tests.support.forms import form_to

CALL = {
    "phone": "0905 123 456",
    "category": "payments",
    "description": "Bác không quét được mã QR",
    "commune_code": "24133",
    "village_id": "v-1",
    "language": "vi",
}


def sit_down(intake: World, role: Role = Role.OPERATOR) -> None:
    """Sign in, as a browser would be."""
    token = intake.service.tokens.issue(Principal(role=role, id="op-1", name="Trần Thị Mai"))
    intake.http.cookies.set(SESSION_COOKIE, token)


@pytest.fixture
async def desk(beside: World) -> World:
    sit_down(beside)
    return beside


async def file_call(desk: World, **changes: str) -> httpx.Response:
    form = form_to((await desk.http.get("/operator")).text, "/operator")
    return await desk.http.post("/operator", data=form.values | CALL | changes)


async def file_code(desk: World, **changes: str) -> str:
    answer = await file_call(desk, **changes)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].rpartition("/")[2]


@pytest.mark.parametrize("path", ["/operator", "/operator/requests/482915304"])
async def test_the_page_is_there_for_operators_alone(intake: World, path: str) -> None:
    assert (await intake.http.get(path)).status_code == 401
    sit_down(intake, Role.MEMBER)
    assert (await intake.http.get(path)).status_code == 404


async def test_a_post_from_another_site_changes_nothing(desk: World) -> None:
    answer = await desk.http.post("/operator", data=CALL, headers={"sec-fetch-site": "cross-site"})
    assert answer.status_code == 403
    assert await desk.count("request") == 0


async def test_a_call_is_filed_under_the_hotline(desk: World) -> None:
    code = await file_code(desk)
    [row] = await desk.rows("select code, channel, phone, village_id from request")
    assert tuple(row) == (code, "hotline", "+84905123456", "v-1")
    [(body,)] = await desk.rows("select body from outbox")
    assert json.loads(body)["channel"] == "hotline"


async def test_the_callers_number_opens_history_and_open_requests(desk: World) -> None:
    old, new = await file_code(desk, requester_name="H'Bia"), await file_code(desk)
    await desk.tell(told(tickets.Cancelled, old, 2, status="cancelled"), life(new)["offered"])
    page = (await desk.http.post("/operator/caller", data={"phone": "0905123456"})).text
    assert "H&#39;Bia" in page
    assert page.index("Đang mở") < page.index(f"/operator/requests/{new}") < page.index("Trước đây")
    assert page.index("Trước đây") < page.index(f"/operator/requests/{old}")
    assert "Số này gọi lần đầu." in (await desk.http.post("/operator/caller", data={"phone": "0905123457"})).text
    assert "Gõ số người gọi" in (await desk.http.post("/operator/caller", data={"phone": "09051"})).text


async def test_what_a_caller_adds_joins_the_open_request(desk: World) -> None:
    code = await file_code(desk)
    page = (await desk.http.post("/operator/caller", data={"phone": "0905123456"})).text
    assert f'name="add_to" value="{code}"' in page
    assert await file_code(desk, add_to=code, description="Bác dặn gọi buổi tối") == code
    assert [tuple(row) for row in await desk.rows("select code, joined from request order by joined")] == [
        (code, False),
        (code, True),
    ]


async def test_the_place_of_the_last_call_is_taken_over_by_one_key(desk: World) -> None:
    await file_code(desk)
    page = (await desk.http.post("/operator/caller", data={"phone": "0905123456"})).text
    assert "Vẫn ở Buôn Akŏ Dhông, Phường Buôn Ma Thuột" in page and "<kbd>Alt+P</kbd>" in page
    answer = await desk.http.post("/operator", data={"phone": "0905123456", "category": "payments", "step": "place"})
    form = form_to(answer.text, "/operator")
    assert (form.values["commune_code"], form.values["village_id"]) == ("24133", "v-1")
    assert (form.values["phone"], form.values["category"]) == ("0905123456", "payments")


async def test_without_a_script_the_number_and_the_villages_are_asked_by_buttons(desk: World) -> None:
    code = await file_code(desk)
    answer = await desk.http.post("/operator", data=CALL | {"step": "caller"})
    form = form_to(answer.text, "/operator")
    assert answer.status_code == 200
    assert f"/operator/requests/{code}" in answer.text
    assert form.values["village_id"] == "v-1" and "v-2" in form.options["village_id"]
    assert form.values["description"] == CALL["description"]


async def test_the_nearest_teams_and_the_promise_stand_there_before_filing(desk: World, assign: Neighbour) -> None:
    assign.nearest = [
        {
            "team": "T-1",
            "team_name": "Tổ Buôn Akŏ Dhông",
            "metres": 850.0,
            "open": 1.5,
            "skills": True,
            "why": "chosen",
        },
        {"team": "T-2", "team_name": "Tổ Thôn 2", "metres": 3210.0, "open": 0, "skills": True, "why": "farther"},
    ]
    page = (await desk.http.post("/operator/outlook", data=CALL)).text
    assert "Tổ gần nhất sẽ gọi bác trước 11:00 hôm nay." in page
    assert page.index("Tổ Buôn Akŏ Dhông") < page.index("850 m") < page.index("sẽ được hỏi") < page.index("3,2 km")
    principal = desk.service.tokens.read(assign.headers[-1]["authorization"].removeprefix("Bearer "))
    assert principal and principal.role is Role.OPERATOR


async def test_with_assign_away_the_call_is_filed_all_the_same(intake: World) -> None:
    sit_down(intake)
    page = (await intake.http.post("/operator/outlook", data=CALL)).text
    assert "Cứ ghi yêu cầu: nó không mất." in page and "trước 11:00 hôm nay" in page
    assert await file_code(intake)


async def test_the_team_appears_on_the_same_screen_to_be_said_aloud(desk: World) -> None:
    code = await file_code(desk)
    waiting = (await desk.http.get(f"/operator/requests/{code}")).text
    assert f'hx-get="/operator/requests/{code}/answer"' in waiting
    assert "Tổ gần nhất sẽ gọi bác trước 11:00 hôm nay." in waiting
    await desk.tell(life(code)["offered"])
    answer = (await desk.http.get(f"/operator/requests/{code}/answer")).text
    assert "Tổ Buôn Akŏ Dhông sẽ gọi bác trước 11:00 hôm nay." in answer
    assert "hx-get" not in answer


async def test_an_unrouted_call_gets_the_truth(desk: World) -> None:
    code = await file_code(desk)
    await desk.tell(told(tickets.Unrouted, code, 1, status="unrouted", reason="no_team_near", told=["s-1"]))
    assert "UBND xã đã được báo" in (await desk.http.get(f"/operator/requests/{code}/answer")).text


async def test_wrong_input_keeps_the_form(desk: World) -> None:
    answer = await file_call(desk, phone="12", description="")
    form = form_to(answer.text, "/operator")
    assert answer.status_code == 422
    assert (form.values["phone"], form.values["category"]) == ("12", "payments")
    assert "Số điện thoại cần 10 chữ số" in answer.text
    assert await desk.count("request") == 0


# Putting right


async def corrected(desk: World, code: str, **changes: str) -> httpx.Response:
    page = await desk.http.get(f"/operator/requests/{code}/correction")
    form = form_to(page.text, f"/operator/requests/{code}/correction")
    return await desk.http.post(form.action, data=form.values | changes)


async def test_a_filed_request_is_corrected_and_told(desk: World) -> None:
    code = await file_code(desk)
    answer = await corrected(desk, code, commune_code="24154", village_id="v-9", category="scam_safety")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/operator/requests/{code}")
    [row] = await desk.rows("select category, commune, village_id, description, revision, response_due from request")
    assert row[:5] == ("scam_safety", "24154@2025-07-01", "v-9", CALL["description"], 1)
    [_, (subject, body)] = await desk.rows("select subject, body from outbox order by position")
    event: dict[str, Any] = json.loads(body)
    assert subject == "requests.corrected.66"
    assert (event["code"], event["revision"], event["by"]) == (code, 1, "op-1")
    assert (event["facts"]["village_id"], event["facts"]["phone"]) == ("v-9", "+84905123456")


async def test_the_second_of_two_corrections_is_asked_to_look_again(desk: World) -> None:
    code = await file_code(desk)
    page = await desk.http.get(f"/operator/requests/{code}/correction")
    stale = form_to(page.text, f"/operator/requests/{code}/correction")
    await corrected(desk, code, description="Bản đúng")
    answer = await desk.http.post(stale.action, data=stale.values | {"description": "Bản cũ"})
    assert answer.status_code == 409
    assert "Có người vừa sửa yêu cầu này" in answer.text
    assert form_to(answer.text, stale.action).values["description"] == "Bản cũ"
    assert [row[0] for row in await desk.rows("select description from request")] == ["Bản đúng"]
    assert await desk.count("outbox") == 2


async def test_a_correction_of_a_revision_that_never_was_is_asked_to_look_again(desk: World) -> None:
    code = await file_code(desk)
    for revision in ("99999999999", "-1", "x", ""):
        assert (await corrected(desk, code, revision=revision)).status_code == 409
    assert await desk.count("outbox") == 1


async def test_a_wrong_correction_changes_nothing(desk: World) -> None:
    code = await file_code(desk)
    answer = await corrected(desk, code, phone="12")
    assert answer.status_code == 422
    assert [tuple(row) for row in await desk.rows("select phone, revision from request")] == [("+84905123456", 0)]
    assert await desk.count("outbox") == 1


@pytest.mark.parametrize("action", ["cancellation", "reopening"])
async def test_an_operator_cancels_and_reopens_by_assign(desk: World, assign: Neighbour, action: str) -> None:
    code = await file_code(desk)
    answer = await desk.http.post(f"/operator/requests/{code}/{action}", data={"text": "Bác đổi ý"})
    assert answer.status_code == 200
    assert assign.asked == [(code, action, {"reason": "Bác đổi ý"})]
    principal = desk.service.tokens.read(assign.headers[-1]["authorization"].removeprefix("Bearer "))
    assert principal and (principal.role, principal.id) == (Role.OPERATOR, "op-1")


@pytest.mark.parametrize("status", [409, 422, 429, 503])
async def test_an_operator_reads_why_it_could_not_be_done(desk: World, assign: Neighbour, status: int) -> None:
    code, assign.status = await file_code(desk), status
    answer = await desk.http.post(f"/operator/requests/{code}/cancellation", data={"text": "Bác đổi ý"})
    assert answer.status_code == 200
    assert "Chưa làm được" in answer.text


async def test_no_address_holds_the_callers_number(desk: World) -> None:
    answer = await file_call(desk)
    page = (await desk.http.get(answer.headers["location"])).text
    addresses = re.findall(r'(?:href|action|src|hx-get|hx-post)="([^"]*)"', page)
    assert answer.headers["location"] in [address.removesuffix("/correction") for address in addresses]
    assert not [address for address in addresses if "905" in re.sub(r"\d{9}", "", address)]
