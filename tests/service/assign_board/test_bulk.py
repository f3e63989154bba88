"""Several tickets at once: one lever, one reason, and for each code what worked and what did not, and why."""

import re
from collections.abc import Sequence
from html import unescape
from typing import Any

import httpx
import pytest

from services.assign.reporting.supervisor.bulk import MOST
from services.assign.tickets.lifecycle import Action
from shared.codes import new_code
from shared.identity import SESSION_COOKIE, Principal
from tests.support.assign import NEIGHBOUR, OPERATOR, SUPERVISOR, World, member
from tests.support.assign_web import NEIGHBOUR_SUPERVISOR, PROVINCE_SUPERVISOR, Desk

ADDRESS = "/supervisor/bulk"


async def pull(desk: Desk, action: str, codes: Sequence[str], who: Principal = SUPERVISOR, **typed: str) -> str:
    """Send the form of the page; what it answers."""
    answer = await send(desk, action, codes, who, **typed)
    assert answer.status_code == 200, answer.text
    return unescape(answer.text)


async def send(
    desk: Desk, action: str, codes: Sequence[str], who: Principal = SUPERVISOR, **typed: str
) -> httpx.Response:
    data: dict[str, Any] = {"action": action, "code": list(codes), "reason": "tổ kia im lặng"} | typed
    headers = {"cookie": f"{SESSION_COOKIE}={desk.service.tokens.issue(who)}", "accept": "text/html"}
    return await desk.client.post(ADDRESS, data=data, headers=headers | {"sec-fetch-site": "same-origin"})


def outcomes(page: str) -> dict[str, str]:
    """By code: what the table says became of it."""
    table = page[page.index("<tbody>") : page.index("</tbody>")]
    found = {}
    for line in table.split("<tr>")[1:]:
        plain = re.sub(r"<[^>]+>|\s+", " ", line)
        code = re.search(r"\d{3}.\d{3}.\d{3}", plain)
        assert code, line
        found[re.sub(r"\D", "", code[0])] = " ".join(plain[code.end() :].split())
    return found


async def story_of(world: World, code: str) -> list[str | None]:
    async with world.store.read() as connection:
        from services.assign.tickets import store

        return [change.note for change in await store.history(connection, code)]


async def test_several_are_given_to_one_team_with_one_reason(world: World, desk: Desk):
    await world.team("silent", metres=100)
    await world.team("ready", metres=900)
    codes = [await world.ask() for _ in range(3)]
    page = await pull(desk, "reassignment", codes, team="ready")
    assert "Được 3 trên 3 yêu cầu." in page
    for code in codes:
        assert (await world.outcomes(code))["ready"] == "open"
        assert "tổ kia im lặng" in await story_of(world, code)


async def test_each_code_says_what_became_of_it_and_why(world: World, desk: Desk):
    await world.team("near", metres=100)
    await world.team("there", metres=10_000, commune=NEIGHBOUR)
    fresh, done = await world.ask(), await world.ask()
    await world.act(done, Action.ACCEPTANCE, member("near"))
    await world.act(done, Action.RESOLUTION, member("near"), outcome="solved")
    elsewhere, nothing = await world.ask(commune=NEIGHBOUR), new_code()
    said = outcomes(await pull(desk, "cancellation", [fresh, done, elsewhere, nothing]))
    assert "Được Đã làm, nay ở bước “Đã hủy”." in said[fresh]
    assert "Chưa được Không làm được: đang ở bước “Đã xong, chờ xác nhận”." in said[done]
    assert said[elsewhere] == said[nothing] == "– – Chưa được Không có mã này trong địa bàn của anh chị."
    assert [(await world.ticket(code)).status for code in (fresh, done, elsewhere)] == [
        "cancelled",
        "resolved",
        "offered",
    ]


async def test_a_team_that_does_not_exist_is_said_for_each(world: World, desk: Desk):
    await world.team("near", metres=100)
    code = await world.ask()
    assert "Không có tổ mang mã này." in outcomes(await pull(desk, "reassignment", [code], team="nowhere"))[code]


async def test_what_is_done_is_closed_with_the_reason(world: World, desk: Desk):
    await world.team("near", metres=100)
    code = await world.ask()
    await world.act(code, Action.ACCEPTANCE, member("near"))
    await world.act(code, Action.RESOLUTION, member("near"), outcome="solved")
    await pull(desk, "closure", [code], reason="bà con đã gọi cảm ơn")
    assert (await world.ticket(code)).status == "closed"
    assert "bà con đã gọi cảm ơn" in await story_of(world, code)


@pytest.mark.parametrize("action", ["reassignment", "cancellation"])
async def test_sent_twice_it_does_nothing_twice(world: World, desk: Desk, action: str):
    await world.team("silent", metres=100)
    await world.team("ready", metres=900)
    codes = [await world.ask() for _ in range(2)]
    await pull(desk, action, codes, team="ready")
    told = [await world.told(code) for code in codes]
    again = await pull(desk, action, codes, team="ready")
    assert "Được 2 trên 2 yêu cầu." in again and all(
        "Đã như vậy từ trước." in said for said in outcomes(again).values()
    )
    assert [await world.told(code) for code in codes] == told


async def test_a_code_named_twice_is_done_once(world: World, desk: Desk):
    await world.team("near", metres=100)
    code = await world.ask()
    assert list(outcomes(await pull(desk, "cancellation", [code, code]))) == [code]


async def test_more_than_fifty_are_refused_and_nothing_is_done(world: World, desk: Desk):
    await world.team("near", metres=100)
    code = await world.ask()
    answer = await send(desk, "cancellation", [code, *(new_code() for _ in range(MOST))])
    assert answer.status_code == 422 and f"Anh chị chọn {MOST + 1} yêu cầu" in unescape(answer.text)
    assert (await world.ticket(code)).status == "offered"


@pytest.mark.parametrize(
    ("action", "typed", "sentence"),
    [
        ("", {}, "Chọn việc cần làm."),
        ("acceptance", {}, "Chọn việc cần làm."),
        ("reassignment", {}, "Chọn tổ để giao."),
        ("cancellation", {"reason": "  "}, "Cho biết lý do"),
        ("closure", {"reason": ""}, "Cho biết lý do"),
    ],
)
async def test_what_is_missing_is_said_beside_its_field_and_the_choice_stays(
    world: World, desk: Desk, action: str, typed: dict[str, str], sentence: str
):
    await world.team("near", metres=100)
    code = await world.ask()
    answer = await send(desk, action, [code], SUPERVISOR, **typed)
    page = unescape(answer.text)
    assert answer.status_code == 422 and sentence in page and f'value="{code}"' in page
    assert (await world.ticket(code)).status == "offered"


async def test_the_page_offers_the_teams_near_to_most_and_names_those_that_would_be_lent(world: World, desk: Desk):
    await world.team("ours", metres=100)
    await world.team("theirs", metres=9_000, commune=NEIGHBOUR)
    codes = [await world.ask() for _ in range(2)]
    page = unescape((await desk.page(f"{ADDRESS}?code={codes[0]}&code={codes[1]}", SUPERVISOR)).text)
    assert "Tổ ours · gần 2/2 yêu cầu, xa nhất 100 m" in page
    lent = page[page.index('<optgroup label="Nhờ tổ xã bên">') :]
    assert "Tổ theirs · gần 2/2 yêu cầu, xa nhất 9,0 km · Phường Buôn Ma Thuột" in lent


async def test_only_ones_own_territory_is_shown_and_the_rest_is_counted(world: World, desk: Desk):
    await world.team("near", metres=100)
    code = await world.ask()
    for who, seen in ((SUPERVISOR, True), (PROVINCE_SUPERVISOR, True), (NEIGHBOUR_SUPERVISOR, False)):
        page = unescape((await desk.page(f"{ADDRESS}?code={code}", who)).text)
        assert (f'value="{code}"' in page) is seen
        assert ("không có trong địa bàn" in page) is not seen


async def test_nothing_chosen_is_said(world: World, desk: Desk):
    assert "Chưa chọn yêu cầu nào." in unescape((await desk.page(ADDRESS, SUPERVISOR)).text)


async def test_strangers_and_other_sites_do_nothing(world: World, desk: Desk):
    await world.team("near", metres=100)
    code = await world.ask()
    for who in (None, OPERATOR, member("near")):
        assert (await desk.page(f"{ADDRESS}?code={code}", who)).headers["location"] == "/sign-in"
    assert (await send(desk, "cancellation", [code], member("near"))).headers["location"] == "/sign-in"
    cookie = {"cookie": f"{SESSION_COOKIE}={desk.service.tokens.issue(SUPERVISOR)}", "sec-fetch-site": "cross-site"}
    crossed = await desk.client.post(ADDRESS, data={"code": code, "action": "cancellation"}, headers=cookie)
    assert crossed.status_code == 403
    assert (await world.ticket(code)).status == "offered"


async def test_the_overview_has_a_box_for_each_ticket_and_the_levers_beside_it(world: World, desk: Desk):
    await world.team("near", metres=100)
    await world.team("lent", metres=9_000, commune=NEIGHBOUR)
    code = await world.ask()
    await world.act(code, Action.REFUSAL, member("near"), reason="busy")
    await world.act(code, Action.REFUSAL, member("lent"), reason="busy")
    page = unescape((await desk.page("/supervisor", SUPERVISOR)).text)
    assert page.count(f'name="code" value="{code}" form="bulk"') == 2
    assert "Gọi Người lent" in page and "Gọi Người near" in page


async def test_a_neighbouring_team_is_lent_with_one_button(world: World, desk: Desk):
    await world.team("near", metres=100)
    await world.team("full", metres=8_000, commune=NEIGHBOUR, accepted=5)
    await world.team("lent", metres=9_000, commune=NEIGHBOUR)
    code = await world.ask()
    form = unescape((await desk.page(f"/supervisor/tickets/{code}/teams", SUPERVISOR)).text)
    assert "Nhờ tổ xã bên: Tổ lent, Phường Buôn Ma Thuột, cách 9,0 km" in form
    assert '<button class="button quiet" type="submit" name="lend" value="lent"' in form
    answer = await desk.send(f"/supervisor/tickets/{code}/reassignment", SUPERVISOR, {"team": "", "lend": "lent"})
    assert answer.status_code == 303
    assert await world.outcomes(code) == {"near": "withdrawn", "lent": "open"}
    assert "Nhờ tổ xã bên giúp" in await story_of(world, code)


async def test_who_has_said_no_or_is_being_asked_is_marked_and_not_asked_with_one_button(world: World, desk: Desk):
    await world.team("near", metres=100)
    await world.team("lent", metres=9_000, commune=NEIGHBOUR)
    code = await world.ask()
    form = unescape((await desk.page(f"/supervisor/tickets/{code}/teams", SUPERVISOR)).text)
    assert re.search(r"Tổ near[^<]*Đang được hỏi rồi", form)
    for team in ("near", "lent"):
        await world.act(code, Action.REFUSAL, member(team), reason="busy")
    form = unescape((await desk.page(f"/supervisor/tickets/{code}/teams", SUPERVISOR)).text)
    for team in ("near", "lent"):
        assert re.search(rf"Tổ {team}[^<]*Đã nói không nhận được", form)
    assert "Nhờ tổ xã bên: " not in form


async def test_what_is_done_is_not_given_to_the_team_that_did_it(world: World, desk: Desk):
    await world.team("near", metres=100)
    code = await world.ask()
    await world.act(code, Action.ACCEPTANCE, member("near"))
    await world.act(code, Action.RESOLUTION, member("near"), outcome="solved")
    page = unescape((await send(desk, "reassignment", [code], team="near", reason="gần")).text)
    assert "Đã như vậy từ trước" not in page
