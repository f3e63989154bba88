"""`/supervisor`: what needs a hand first, the lever beside it, figures as the API says them, a ticket's whole story."""

import re
from datetime import timedelta
from html import unescape

import pytest

from services.assign.tickets.lifecycle import Action
from tests.support.assign import COMMUNE, NEIGHBOUR, OPERATOR, SUPERVISOR, WEDNESDAY, World, member
from tests.support.assign_web import ADMINISTRATOR, NEIGHBOUR_SUPERVISOR, PROVINCE_SUPERVISOR, Desk

NUMBER, SPOKEN = "+84905123456", "0905 123 456"


async def shown(desk: Desk, path: str = "/supervisor", who: object = SUPERVISOR) -> str:
    answer = await desk.page(path, who)  # pyright: ignore[reportArgumentType]
    assert answer.status_code == 200, answer.text
    return unescape(answer.text)


async def test_whoever_is_no_supervisor_is_led_to_sign_in(world: World, desk: Desk):
    for who in (None, member("mine"), OPERATOR):
        answer = await desk.page("/supervisor", who)
        assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")


async def test_each_ticket_stands_once_under_what_it_needs_most_urgent_first(world: World, desk: Desk):
    await world.team("near", metres=100)
    overdue, nobody = await world.ask(), await world.ask()
    await world.act(nobody, Action.REFUSAL, member("near"), reason="busy")
    await world.at(WEDNESDAY + timedelta(minutes=50))
    soon = await world.ask()
    await world.at(WEDNESDAY + timedelta(hours=2, minutes=25))
    fresh = await world.ask()
    page = await shown(desk)
    needs = page[: page.index('id="open"')]
    places = [
        needs.index(mark)
        for need, code in (("unrouted", nobody), ("overdue", overdue), ("soon", soon))
        for mark in (f'id="need-{need}"', f"/supervisor/tickets/{code}/teams")
    ]
    assert places == sorted(places)
    assert "Các tổ gần đều không nhận được" in needs
    assert all(needs.count(f"/supervisor/tickets/{code}/teams") == 1 for code in (nobody, overdue, soon))
    assert fresh not in needs and fresh in page


async def test_a_ticket_that_nobody_answers_is_shown_as_silence(world: World, desk: Desk):
    await world.team("near", metres=100)
    code = await world.ask()
    await world.at(WEDNESDAY + timedelta(minutes=21))
    page = await shown(desk)
    assert page.index('id="need-silent"') < page.index(f"/supervisor/tickets/{code}/teams")


async def test_where_all_is_well_the_page_says_so(world: World, desk: Desk):
    assert "Không có việc nào cần anh chị xử lý" in await shown(desk)


async def test_teams_that_nobody_can_reach_are_named_with_their_leaders(world: World, desk: Desk):
    await world.team("gone", metres=100, reachable=False)
    await world.team("elsewhere", metres=100, commune=NEIGHBOUR, reachable=False)
    page = await shown(desk)
    assert "Tổ gone" in page and "Gọi Người gone" in page and "Tổ elsewhere" not in page


async def test_a_supervisor_gives_a_ticket_to_another_team(world: World, desk: Desk):
    await world.team("silent", metres=100)
    await world.team("full", metres=500, accepted=5)
    await world.team("ready", metres=900)
    code = await world.ask()
    form = unescape((await desk.page(f"/supervisor/tickets/{code}/teams", SUPERVISOR)).text)
    offered = re.findall(r'<option value="(\w+)"[^>]*>([^<]*)<', form)
    assert [team for team, _ in offered] == ["silent", "full", "ready"]
    assert offered[1][1] == "Tổ full · 500 m · đang giữ 5 · Đang đủ việc"
    answer = await desk.send(
        f"/supervisor/tickets/{code}/reassignment", SUPERVISOR, {"team": "ready", "reason": "tổ kia im lặng"}
    )
    assert answer.headers["location"] == f"/supervisor/tickets/{code}?did=reassignment"
    assert await world.outcomes(code) == {"silent": "withdrawn", "ready": "open"}
    story = await shown(desk, answer.headers["location"])
    assert "Đã giao. Tổ mới được báo ngay." in story and "Giao cho Tổ ready." in story and "tổ kia im lặng" in story


async def test_a_supervisor_closes_reopens_and_cancels(world: World, desk: Desk):
    await world.team("near", metres=100)
    done, gone = await world.ask(), await world.ask()
    await world.act(done, Action.ACCEPTANCE, member("near"))
    await world.act(done, Action.RESOLUTION, member("near"), outcome="solved")
    await desk.send(f"/supervisor/tickets/{done}/reopening", SUPERVISOR, {"reason": "bà con gọi lại"})
    assert (await world.ticket(done)).status == "reopened"
    await world.act(done, Action.RESOLUTION, member("near"), outcome="solved")
    await desk.send(f"/supervisor/tickets/{done}/closure", SUPERVISOR)
    await desk.send(f"/supervisor/tickets/{gone}/cancellation", SUPERVISOR, {"reason": "gọi nhầm"})
    assert [(await world.ticket(code)).status for code in (done, gone)] == ["closed", "cancelled"]


@pytest.mark.parametrize(
    ("action", "typed", "sentence"),
    [
        ("reassignment", {"reason": "gần hơn"}, "Chọn tổ để giao."),
        ("reassignment", {"team": "nowhere", "reason": "gần hơn"}, "Không có tổ mang mã này."),
        ("cancellation", {"reason": "  "}, "Cho biết lý do"),
    ],
)
async def test_a_lever_that_cannot_be_pulled_says_so_in_place(
    world: World, desk: Desk, action: str, typed: dict[str, str], sentence: str
):
    await world.team("near", metres=100)
    code = await world.ask()
    answer = await desk.send(f"/supervisor/tickets/{code}/{action}", SUPERVISOR, typed)
    page = unescape(answer.text)
    assert answer.status_code == 422 and sentence in page and typed["reason"].strip() in page
    assert (await world.ticket(code)).status == "offered"


async def test_what_is_no_longer_possible_is_said_with_the_ticket_as_it_is(world: World, desk: Desk):
    await world.team("near", metres=100)
    code = await world.ask()
    answer = await desk.send(f"/supervisor/tickets/{code}/closure", SUPERVISOR)
    assert answer.status_code == 409
    assert "yêu cầu đang ở bước “Đang hỏi tổ”" in unescape(answer.text)


async def test_what_lies_outside_ones_territory_does_not_exist(world: World, desk: Desk):
    await world.team("near", metres=100)
    code = await world.ask()
    for path in (f"/supervisor/tickets/{code}", f"/supervisor/tickets/{code}/teams"):
        assert (await desk.page(path, NEIGHBOUR_SUPERVISOR)).status_code == 404
        assert (await desk.page(path, PROVINCE_SUPERVISOR)).status_code == 200
        assert (await desk.page(path, ADMINISTRATOR)).status_code == 200
    sent = await desk.send(f"/supervisor/tickets/{code}/cancellation", NEIGHBOUR_SUPERVISOR, {"reason": "thử"})
    assert sent.status_code == 404
    assert code not in (await desk.page("/supervisor", NEIGHBOUR_SUPERVISOR)).text
    cross = await desk.send(
        f"/supervisor/tickets/{code}/cancellation", SUPERVISOR, {"reason": "thử"}, **{"sec-fetch-site": "cross-site"}
    )
    assert cross.status_code == 403
    assert (await world.ticket(code)).status == "offered"


async def test_a_story_says_who_was_considered_and_why_and_what_came_of_it(world: World, desk: Desk):
    await world.team("full", metres=100, accepted=5)
    await world.team("busy", metres=300)
    await world.team("next", metres=1_200)
    await world.team("far", metres=16_000, commune=NEIGHBOUR)
    code = await world.ask()
    await world.act(code, Action.REFUSAL, member("busy"), reason="busy", note="đang thu cà phê")
    await world.act(code, Action.ACCEPTANCE, member("next"))
    story = await shown(desk, f"/supervisor/tickets/{code}")
    table = story[story.index('id="considered"') : story.index('id="told"')]
    names = [table.index(f"<b>Tổ {team}</b>") for team in ("full", "busy", "next", "far")]
    assert names == sorted(names)
    for words in ("Đang đủ việc", "không nhận được: đang bận", "nhận việc", "Quá xa", "300 m", "1,2 km"):
        assert words in table
    told = story[story.index('id="told"') :]
    sentences = [
        "Đã nhận yêu cầu.",
        "Đã hỏi Tổ busy.",
        "Tổ busy không nhận được.",
        "đang thu cà phê",
        "Hỏi thêm Tổ next.",
    ]
    assert [told.index(words) for words in sentences] == sorted(told.index(words) for words in sentences)
    assert "Người next" in story


async def test_a_supervisor_reads_what_was_said_and_never_the_residents_number(world: World, desk: Desk):
    await world.team("near", metres=100)
    code = await world.ask(phone=NUMBER, requester_name="H’Bia Niê", description="Quên mật khẩu VNeID")
    await world.act(code, Action.ACCEPTANCE, member("near"))
    for path in ("/supervisor", f"/supervisor/tickets/{code}"):
        page = await shown(desk, path)
        assert NUMBER not in page and SPOKEN not in page and "H’Bia" not in page
    assert "Quên mật khẩu VNeID" in await shown(desk, f"/supervisor/tickets/{code}")


async def test_the_list_is_narrowed_by_its_address(world: World, desk: Desk):
    await world.team("here", metres=100)
    await world.team("there", metres=10_000, commune=NEIGHBOUR)
    here = await world.ask(category="device")
    there = await world.ask(commune=NEIGHBOUR)
    await world.act(there, Action.ACCEPTANCE, member("there"))

    async def listed(query: str) -> set[str]:
        page = await shown(desk, f"/supervisor?{query}", PROVINCE_SUPERVISOR)
        return {code for code in (here, there) if code in page[page.index('id="open"') :]}

    assert await listed("") == {here, there}
    assert await listed("status=accepted") == {there}
    assert await listed("unit=24121") == {here}
    assert await listed("category=device&overdue=") == {here}
    assert await listed("overdue=yes") == set()
    assert await listed("status=không+có") == {here, there}


async def test_a_long_list_has_pages(world: World, desk: Desk):
    await world.team("near", metres=100, capacity=100)
    codes = {await world.ask() for _ in range(27)}
    first = await shown(desk)
    first = first[first.index('id="open"') :]
    following = re.search(r'href="(/supervisor\?cursor=[^"]+)"', first)
    assert following
    second = await shown(desk, following[1].replace("#open", ""))
    second = second[second.index('id="open"') :]
    on_first, on_second = ({code for code in codes if code in page} for page in (first, second))
    assert (len(on_first), len(on_second), on_first | on_second) == (25, 2, codes)


async def test_the_figures_are_those_of_the_api_each_with_how_it_is_counted(world: World, desk: Desk):
    await world.team("near", metres=100)
    codes = [await world.ask() for _ in range(3)]
    await world.at(WEDNESDAY + timedelta(minutes=30))
    await world.act(codes[0], Action.ACCEPTANCE, member("near"))
    await world.at(WEDNESDAY + timedelta(hours=3))
    [row] = (await desk.get("/api/v1/metrics", SUPERVISOR)).json()["rows"]
    page = await shown(desk)
    stats = dict(re.findall(r'stat-name">([^<]+)</span>\s*<span class="stat-value">([^<]+)<', page))
    assert row["submitted"] == int(stats["Yêu cầu gửi đến"]) == 3
    assert row["open"] == int(stats["Đang mở"]) == 3
    assert (row["response"]["met"], row["response"]["missed"]) == (1, 2)
    assert stats["Trả lời đúng hạn"] == "33,3 %" and stats["Thời gian trả lời, giữa"] == "30 phút"
    assert page.count("Cách tính") == len(stats) == 11


async def test_an_administrator_sees_every_commune(world: World, desk: Desk):
    await world.team("near", metres=100)
    code = await world.ask(commune=COMMUNE)
    page = await shown(desk, who=ADMINISTRATOR)
    assert code in page and "Toàn hệ thống" in page
