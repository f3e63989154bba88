"""`/supervisor/board`: figures of a place and a period, each beside the period before; a table behind each chart."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from sqlalchemy import text

from services.assign.counting.folding import Folding
from services.assign.tickets.lifecycle import Action
from shared.identity import Principal
from tests.support.assign import NEIGHBOUR, SUPERVISOR, WEDNESDAY, World, member
from tests.support.assign_web import ADMINISTRATOR, NEIGHBOUR_SUPERVISOR, PROVINCE_SUPERVISOR, Desk

ADDRESS = "/supervisor/board"
DAYS = "from=2026-11-24&to=2026-11-25"


async def shown(desk: Desk, query: str = "", who: Principal = PROVINCE_SUPERVISOR) -> str:
    answer = await desk.page(f"{ADDRESS}?{query}", who)
    assert answer.status_code == 200, answer.text
    return unescape(answer.text)


def tiles(page: str) -> dict[str, tuple[str, str]]:
    """By name: the value, and how it compares."""
    found: dict[str, tuple[str, str]] = {}
    for tile in re.split('<div class="stat(?: headline)?">', page)[1:]:
        name, value = (re.search(rf'stat-{part}">([^<]*)<', tile) for part in ("name", "value"))
        compared = re.search(r'<span class="change[^>]*>(?:<svg.*?</svg>)?([^<]*)<', tile, re.DOTALL)
        assert name and value and compared, tile
        found[name[1]] = (value[1], compared[1])
    return found


def rows(page: str) -> dict[str, list[str]]:
    """By its head: what stands in each cell of a row of the big table."""
    table = page[page.index('<table class="table rows">') :]
    table = table[table.index("<tbody>") : table.index("</tbody>")]
    found: dict[str, list[str]] = {}
    for row in table.split("<tr>")[1:]:
        head = re.sub(r"<[^>]+>|\s+", " ", row[: row.index("</th>")]).split("chưa có tổ")[0]
        values = re.findall(r'<span class="cell"><b>([^<]*)</b>', row)
        found[" ".join(head.split())] = values
    return found


async def a_day(world: World) -> list[str]:
    """Three requests on Wednesday morning, of which one is accepted in time."""
    await world.team("near", metres=100)
    codes = [await world.ask(category="device"), await world.ask(channel="hotline"), await world.ask()]
    await world.at(WEDNESDAY + timedelta(minutes=30))
    await world.act(codes[0], Action.ACCEPTANCE, member("near"))
    await world.at(WEDNESDAY + timedelta(hours=3))
    return codes


async def test_the_figures_are_those_of_the_api(world: World, desk: Desk):
    await a_day(world)
    [row] = (await desk.get("/api/v1/metrics", SUPERVISOR)).json()["rows"]
    found = tiles(await shown(desk, who=SUPERVISOR))
    assert found["Yêu cầu gửi đến"][0] == str(row["submitted"]) == "3"
    assert found["Đang mở"][0] == str(row["open"]) == "3"
    assert (row["response"]["met"], row["response"]["missed"]) == (1, 2)
    assert found["Trả lời đúng hạn"][0] == "33,3 %" and found["Thời gian trả lời, giữa"][0] == "30 phút"
    assert found["Lượt hỏi mỗi yêu cầu"][0] == "1,0"


async def test_each_figure_says_how_it_is_counted(world: World, desk: Desk):
    await a_day(world)
    page = await shown(desk)
    assert page.count("<summary>Cách tính</summary>") == len(tiles(page)) == 12
    assert page.count("<dt>") == 13


async def test_each_figure_stands_beside_the_period_before(world: World, desk: Desk):
    await world.team("near", metres=100)
    late = await world.ask()
    await world.at(WEDNESDAY + timedelta(hours=4))
    await world.act(late, Action.ACCEPTANCE, member("near"))
    await world.at(WEDNESDAY + timedelta(days=1))
    in_time = await world.ask()
    await world.ask()
    await world.act(in_time, Action.ACCEPTANCE, member("near"))
    await world.at(WEDNESDAY + timedelta(days=1, hours=1))
    found = tiles(await shown(desk, "period=today"))
    assert found["Yêu cầu gửi đến"] == ("2", "nhiều hơn 1")
    assert found["Trả lời đúng hạn"] == ("100,0 %", "tốt hơn 100,0 điểm")
    assert found["Thời gian trả lời, giữa"][1].startswith("nhanh hơn")
    assert found["Bà con chấm"] == ("–", "chưa có kỳ trước để so")


@pytest.mark.parametrize("by", ["unit", "team", "category", "channel", "day"])
async def test_the_table_says_what_the_api_says(world: World, desk: Desk, by: str):
    await a_day(world)
    asked = {"by": by, "from": "2026-11-24", "to": "2026-11-25"}
    found = (await desk.get("/api/v1/metrics", PROVINCE_SUPERVISOR, **asked)).json()["rows"]
    kept = [row for row in found if by == "day" or row["submitted"] or row["open"] or row["offers"]]
    table = rows(await shown(desk, f"by={by}&{DAYS}"))
    assert [(line[0], line[5]) for line in table.values()] == [
        (str(row["submitted"]), str(row["open"])) for row in kept
    ]


async def test_of_many_teams_those_of_whom_most_was_asked_are_shown(world: World, desk: Desk, monkeypatch: Any):
    """Whether their requests are folded into days yet or not."""
    monkeypatch.setattr("services.assign.reporting.supervisor.board.reading.MOST_TEAMS", 2)
    for name, metres, asked, folded in [("few", 3_000, 1, True), ("more", 1_500, 2, True), ("most", 100, 3, False)]:
        await world.team(name, metres=metres)
        for _ in range(asked):
            await world.act(await world.ask(), Action.ACCEPTANCE, member(name))
        while folded and await Folding(world.store, world.clock, 1).work():
            pass
    page = await shown(desk, "by=team")
    assert list(rows(page)) == ["Tổ more", "Tổ most"]
    assert "Còn 1 dòng" in page
    everyone = (await desk.get("/api/v1/metrics", PROVINCE_SUPERVISOR, by="team")).json()["rows"]
    assert {row["key"]: row["submitted"] for row in everyone} == {"few": 1, "more": 2, "most": 3}


async def test_a_commune_opens_by_its_name_and_leads_back_up(world: World, desk: Desk):
    await a_day(world)
    page = await shown(desk)
    assert 'href="/supervisor/board?unit=24121&period=month">Phường Tân Lập</a>' in page
    below = await shown(desk, "unit=24121&period=month")
    assert "<h1>Phường Tân Lập</h1>" in below and 'href="/supervisor/board?unit=66&period=month">' in below
    assert 'aria-label="Địa bàn"' not in await shown(desk, "unit=24121", SUPERVISOR)


async def test_what_lies_outside_ones_territory_does_not_exist(world: World, desk: Desk):
    for who, unit, status in (
        (SUPERVISOR, "24133", 404),
        (SUPERVISOR, "66", 404),
        (NEIGHBOUR_SUPERVISOR, "24121", 404),
        (PROVINCE_SUPERVISOR, "24121", 200),
        (ADMINISTRATOR, "24133", 200),
        (ADMINISTRATOR, "nothing", 404),
    ):
        assert (await desk.page(f"{ADDRESS}?unit={unit}", who)).status_code == status, (who, unit)
    assert (await desk.page(ADDRESS, member("near"))).headers["location"] == "/sign-in"
    assert (await desk.page(f"{ADDRESS}?part=figures")).status_code == 401


@pytest.mark.parametrize(
    ("query", "days"),
    [
        ("period=today", "Từ 25/11 đến hết 25/11 (tính đến lúc này) · so với 24/11 – 24/11"),
        ("period=week", "Từ 19/11 đến hết 25/11 (tính đến lúc này) · so với 12/11 – 18/11"),
        ("period=month", "Từ 01/11 đến hết 25/11 (tính đến lúc này) · so với 07/10 – 31/10"),
        ("period=last_month", "Từ 01/10 đến hết 31/10 · so với 31/08 – 30/09"),
        ("from=2026-11-02&to=2026-11-03", "Từ 02/11 đến hết 03/11 · so với 31/10 – 01/11"),
        ("period=nothing", "Từ 01/11 đến hết 25/11"),
    ],
)
async def test_a_period_is_chosen_by_name_or_by_its_days(world: World, desk: Desk, query: str, days: str):
    assert days in await shown(desk, query)


async def test_days_that_make_no_period_are_said_beside_their_field(world: World, desk: Desk):
    for query, sentence in (
        ("from=2026-11-25&to=2026-11-01", "Ngày cuối phải sau ngày đầu."),
        ("from=2024-01-01&to=2026-11-01", "nhiều nhất 366 ngày"),
    ):
        answer = await desk.page(f"{ADDRESS}?{query}", SUPERVISOR)
        assert answer.status_code == 422 and sentence in unescape(answer.text)


async def test_the_address_of_before_leads_here(world: World, desk: Desk):
    answer = await desk.page("/supervisor/figures?by=day&from=2026-11-24&to=2026-11-25", SUPERVISOR)
    assert (answer.status_code, answer.headers["location"]) == (308, f"{ADDRESS}?by=day&{DAYS}")


async def test_what_needs_a_hand_stands_before_every_figure(world: World, desk: Desk):
    await a_day(world)
    page = await shown(desk)
    assert page.index('href="/supervisor#need-overdue"') < page.index('<div class="stat')


async def test_open_work_is_shown_by_its_age(world: World, desk: Desk):
    await world.team("near", metres=100, capacity=50)
    for days in (9, 5, 2, 2, 0):
        world.clock.set_now(WEDNESDAY - timedelta(days=days))
        await world.ask()
    page = await shown(desk)
    table = page[page.index('id="chart-backlog-table"') :]
    cells = re.findall(r'<th scope="row">([^<]+)</th><td class="number" data-value="(\d+)">', table)
    assert cells == [("Hôm nay", "1"), ("1–3 ngày", "2"), ("4–7 ngày", "1"), ("Trên 1 tuần", "1")]
    assert "1 trên 5 việc đang mở đã quá một tuần." in page and "lâu nhất 9 ngày" in page


async def test_each_chart_has_its_table(world: World, desk: Desk):
    await a_day(world)
    page = await shown(desk, DAYS)
    for key in ("in_time", "flow", "backlog"):
        assert f'id="chart-{key}-table"' in page
    table = page[page.index('id="chart-in_time-table"') : page.index('id="chart-flow"')]
    line = r'<th scope="row">25/11</th><td class="number" data-value="33\.3">33,3 % \(1/3\)</td>'
    assert re.search(line, table)
    assert 'data-value="">–<' in table


async def test_communes_without_a_team_are_said_as_such(world: World, desk: Desk):
    await a_day(world)
    await world.ask(commune=NEIGHBOUR)
    page = await shown(desk)
    assert "1 xã, phường chưa có tổ nào" in page and "chưa có tổ</span>" in page
    await world.team("there", metres=9_000, commune=NEIGHBOUR)
    assert "chưa có tổ nào" not in await shown(desk)


async def test_an_empty_period_says_so(world: World, desk: Desk):
    assert "Kỳ này chưa có yêu cầu nào" in await shown(desk)


async def test_files_are_asked_for_with_the_same_words(world: World, desk: Desk):
    await a_day(world)
    page = await shown(desk, f"unit=24121&by=day&{DAYS}")
    for kind in ("csv", "xlsx"):
        assert f'href="/supervisor/export.{kind}?unit=24121&by=day&{DAYS}"' in page
    assert 'href="/supervisor/sheet"' in page


async def test_a_part_is_the_figures_alone(world: World, desk: Desk):
    await a_day(world)
    part = await shown(desk, "part=figures")
    assert "<html" not in part and "stat-value" in part and 'id="strip" hx-swap-oob="true"' in part


async def test_the_board_speaks_english_too(world: World, desk: Desk):
    await a_day(world)
    page = await shown(desk, "lang=en")
    assert "Answered in time" in page and "Trả lời đúng hạn" not in page


async def test_who_reads_only_part_of_the_overview_gets_that(world: World, desk: Desk):
    await a_day(world)
    for part, inside, outside in (("now", "need-overdue", "stat-value"), ("month", "stat-value", "need-overdue")):
        answer: Any = await desk.page(f"/supervisor?part={part}", SUPERVISOR)
        assert inside in answer.text and outside not in answer.text and "<html" not in answer.text
    assert (await desk.page("/supervisor?part=now")).status_code == 401


@pytest.mark.parametrize(
    ("only", "heading", "came", "tabs"),
    [
        ("category=device", "Điện thoại, máy", "1", ["Xã, phường", "Loại việc", "Ngày"]),
        ("channel=hotline", "Tổng đài", "1", ["Xã, phường", "Gửi qua", "Ngày"]),
        ("team=near", "Tổ near", "3", ["Xã, phường", "Tổ", "Ngày"]),
    ],
)
async def test_it_is_narrowed_to_one_category_channel_or_team(
    world: World, desk: Desk, only: str, heading: str, came: str, tabs: list[str]
):
    await a_day(world)
    if only == "team=near":
        for code in await a_day_more(world):
            await world.act(code, Action.ACCEPTANCE, member("near"))
    page = await shown(desk, f"{only}&by=category")
    assert f"<h1>{heading} <small>Tỉnh" in page.replace("Phường Đắk Lắk", "Tỉnh Đắk Lắk")
    assert tiles(page)["Yêu cầu gửi đến"][0] == came
    strip = page[page.index('<nav class="tabs" aria-label="Xem theo">') :]
    assert re.findall(r">([^<>]+)</a></li>", strip[: strip.index("</nav>")]) == tabs


async def a_day_more(world: World) -> list[str]:
    """The other two requests of the day, which nobody has accepted yet."""
    async with world.store.read() as connection:
        found = await connection.execute(text("select code from ticket where status = 'offered'"))
        return list(found.scalars())


async def test_a_file_holds_what_the_board_is_narrowed_to(world: World, desk: Desk):
    await a_day(world)
    page = await shown(desk, f"category=device&by=category&{DAYS}")
    found = re.search(r'href="(/supervisor/export\.csv\?[^"]+)"', page)
    assert found
    lines = (await desk.page(found[1], PROVINCE_SUPERVISOR)).text.strip().splitlines()
    assert len(lines) == 2 and "Điện thoại, máy" in lines[1]
    assert (await desk.page(found[1].replace("by=category", "by=team"), PROVINCE_SUPERVISOR)).status_code == 422


async def test_a_period_that_is_over_says_nothing_of_how_old_open_work_is_now(world: World, desk: Desk):
    codes = await a_day(world)
    world.clock.set_now(WEDNESDAY + timedelta(days=9))
    page = await shown(desk, f"{DAYS}&by=unit")
    assert tiles(page)["Đang mở"][0] == str(len(codes))
    assert "lâu nhất" not in page and "Việc đang mở, đã bao lâu" not in page
    assert "lâu nhất" in await shown(desk, "from=2026-11-24&to=2026-12-04&by=unit")


async def test_teams_that_cannot_be_reached_need_a_hand_too(world: World, desk: Desk):
    await world.team("gone", metres=100, reachable=False)
    page = await shown(desk, "unit=24121")
    assert 'href="/supervisor?unit=24121#unreached"' in page and "Không có việc nào" not in page
    page = unescape((await desk.page("/supervisor?unit=24121", PROVINCE_SUPERVISOR)).text)
    assert "Tổ gone" in page and "Không có việc nào" not in page
    assert "Tổ gone" not in unescape((await desk.page("/supervisor?unit=24133", PROVINCE_SUPERVISOR)).text)


async def test_what_needs_a_hand_is_listed_whole_by_its_reason_and_place(world: World, desk: Desk):
    await world.team("near", metres=100, capacity=100)
    codes = [await world.ask() for _ in range(14)]
    await world.at(WEDNESDAY + timedelta(hours=3))
    page = unescape((await desk.page("/supervisor?unit=24121", PROVINCE_SUPERVISOR)).text)
    assert '<a href="/supervisor?need=overdue&unit=24121#open">' in page
    listed = unescape((await desk.page("/supervisor?need=overdue&unit=24121", PROVINCE_SUPERVISOR)).text)
    table = listed[listed.index('id="open-heading"') :]
    assert all(f"/supervisor/tickets/{code}" in table for code in codes)
    listed = unescape((await desk.page("/supervisor?need=soon", PROVINCE_SUPERVISOR)).text)
    assert f"/supervisor/tickets/{codes[0]}" not in listed[listed.index('id="open-heading"') :]


async def test_a_team_elsewhere_is_a_code_like_any_other(world: World, desk: Desk):
    await world.team("theirs", metres=9_000, commune=NEIGHBOUR)
    assert "Tổ theirs" not in await shown(desk, "team=theirs", SUPERVISOR)
    assert "Tổ theirs" in await shown(desk, "team=theirs", NEIGHBOUR_SUPERVISOR)


async def test_a_day_on_which_work_was_finished_is_not_empty(world: World, desk: Desk):
    await world.team("near", metres=100)
    code = await world.ask(category="device")
    await world.act(code, Action.ACCEPTANCE, member("near"))
    world.clock.set_now(WEDNESDAY + timedelta(hours=24))
    await world.act(code, Action.RESOLUTION, member("near"), outcome="solved")
    page = await shown(desk, "period=today&by=team")
    assert "chưa có yêu cầu nào" not in page and "Tổ near" in rows(page)


@pytest.mark.parametrize(
    "query",
    ["unit=%00", "team=%00", "category=%00", "from=0001-01-01&to=0001-01-02", "from=9999-12-31&to=9999-12-31"],
)
async def test_an_odd_address_is_no_fault_of_ours(desk: Desk, query: str):
    for page in (ADDRESS, "/supervisor", "/supervisor/sheet", "/supervisor/fairness", "/supervisor/tickets.csv"):
        assert (await desk.page(f"{page}?{query}", PROVINCE_SUPERVISOR)).status_code in (200, 404, 422), page
    assert (await desk.get(f"/api/v1/metrics?{query}", PROVINCE_SUPERVISOR)).status_code in (200, 404, 422)
