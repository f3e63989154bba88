"""`/supervisor/sheet`: the month as it goes upward; every figure is that of the one room of definitions."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest

from services.assign.tickets.lifecycle import Action
from tests.support.assign import COMMUNE, NEIGHBOUR, SUPERVISOR, WEDNESDAY, World, member
from tests.support.assign_web import (
    PROVINCE_SUPERVISOR,
    Desk,
    is_for_those_who_watch,
)
from tests.support.workbook import pages_of

DAY = timedelta(days=1)
COMMUNES, DUTIES = 0, -1
"""Which table of a province's sheet."""


async def shown(desk: Desk, query: str = "", who: Any = SUPERVISOR) -> str:
    answer = await desk.page(f"/supervisor/sheet?{query}", who)
    assert answer.status_code == 200, answer.text
    return unescape(answer.text)


def table(page: str, which: int = DUTIES) -> dict[str, dict[str, str]]:
    """Rows of a table by their names: each cell by the name of its column, without its group."""
    body = re.findall(r"<tbody>(.*?)</tbody>", page, re.DOTALL)[which]
    found = {}
    for line in body.split("<tr")[1:]:
        name = re.sub(r"<[^>]+>", "", re.search(r'<th scope="row">(.*?)</th>', line, re.DOTALL)[1])  # type: ignore[index]
        cells = re.findall(r'data-name="([^"]*)">([^<]*)<', line)
        found[name] = {column.rpartition(": ")[2]: value for column, value in cells}
    return found


async def a_month(world: World) -> None:
    """Two communes, four requests: one done in time, one done late, one nobody can take, one in the neighbour's."""
    await world.team("here", metres=100, skills=["payments"])
    await world.team("there", metres=10_000, commune=NEIGHBOUR)
    quick, slow = await world.ask(), await world.ask()
    nobody = await world.ask(category="device")
    for code in (quick, slow):
        await world.act(code, Action.ACCEPTANCE, member("here"))
    for team in ("here", "there"):
        if (await world.outcomes(nobody)).get(team) == "open":
            await world.act(nobody, Action.REFUSAL, member(team), reason="busy")
    next_door = await world.ask(commune=NEIGHBOUR)
    await world.act(next_door, Action.ACCEPTANCE, member("there"))
    await world.act(quick, Action.RESOLUTION, member("here"), outcome="solved")
    await world.act(quick, Action.RATING, None, stars=4)
    await world.at(WEDNESDAY + 4 * DAY)
    await world.act(slow, Action.RESOLUTION, member("here"), outcome="solved")
    await world.act(slow, Action.REOPENING, None, reason="vẫn lỗi")


async def test_a_commune_sees_its_month_by_duty(world: World, desk: Desk):
    await a_month(world)
    duties = table(await shown(desk))
    payments, device, whole = duties["Thanh toán, chuyển tiền"], duties["Điện thoại, máy"], duties["Cộng"]
    assert (payments["Tiếp nhận"], payments["Chưa xong cuối kỳ"], payments["Lần mở lại"]) == ("2", "1", "1")
    assert (payments["Lần xử lý xong"], device["Lần xử lý xong"]) == ("2", "0")
    assert (payments["Điểm trung bình"], payments["Lượt chấm"]) == ("4,0", "1")
    assert (device["Tiếp nhận"], device["Chưa xong cuối kỳ"]) == ("1", "1")
    assert (whole["Tiếp nhận"], whole["Chưa xong cuối kỳ"], whole["Lượt chấm"]) == ("3", "2", "1")
    assert len(duties) == 11  # ten duties, also those that nobody asked for, and the sum


async def test_every_figure_is_that_of_the_metrics(world: World, desk: Desk):
    await a_month(world)
    await world.at(WEDNESDAY + 5 * DAY)
    answer = await desk.get("/api/v1/metrics", PROVINCE_SUPERVISOR, by="unit")
    rows = {row["key"]: row for row in answer.json()["rows"]}
    units = table(await shown(desk, who=PROVINCE_SUPERVISOR), COMMUNES)
    assert sum(row["resolution"]["met"] + row["resolution"]["missed"] for row in rows.values()) > 0
    for name, key in (("Phường Tân Lập", "24121"), ("Phường Buôn Ma Thuột", "24133")):
        said, row = units[name], rows[key]
        counted = [row["submitted"], row["resolution"]["met"], row["resolution"]["missed"], row["open"]]
        counted += [row["unrouted"], row["reopened"]]
        names = ["Tiếp nhận", "Đúng hạn", "Quá hạn", "Chưa xong cuối kỳ", "Lần chưa có tổ nhận", "Lần mở lại"]
        assert [int(said[column]) for column in names] == counted


async def test_the_communes_and_the_duties_add_up_to_the_province(world: World, desk: Desk):
    await a_month(world)
    await world.at(WEDNESDAY + 5 * DAY)
    page = await shown(desk, who=PROVINCE_SUPERVISOR)
    counts = [
        "Tiếp nhận",
        "Lần xử lý xong",
        "Đúng hạn",
        "Quá hạn",
        "Chưa xong cuối kỳ",
        "Lần chưa có tổ nhận",
        "Lần mở lại",
        "Lượt chấm",
    ]
    sums = []
    for which in (COMMUNES, DUTIES):
        rows = table(page, which)
        whole = rows.pop("Cộng")
        sums.append([int(whole[name]) for name in counts])
        assert [sum(int(row[name]) for row in rows.values()) for name in counts] == sums[-1]
    assert sums[0] == sums[1] and sums[0][0] == 4


async def test_teams_members_and_communes_without_a_team_stand_as_they_are_now(world: World, desk: Desk):
    await world.team("one", metres=100)
    await world.team("two", metres=500, reachable=False)
    await world.team("gone", metres=900, retired=True)
    async with world.store.begin() as unit:
        await unit.connection.exec_driver_sql("update member set retired = true where id = 'L-two'")
    page = await shown(desk, who=PROVINCE_SUPERVISOR)
    units = table(page, COMMUNES)
    names = ["Số tổ", "Có tổ trưởng", "Liên lạc được", "Thành viên"]
    assert [units["Phường Tân Lập"][name] for name in names] == ["2", "1", "1", "3"]
    assert [units["Phường Buôn Ma Thuột (chưa có tổ)"][name] for name in names] == ["0"] * 4
    assert "Theo danh sách ngày 25/11/2026: 2 tổ, 3 thành viên; 1 tổ có tổ trưởng, 1 tổ liên lạc được." in page
    assert "1 xã, phường chưa có tổ: Phường Buôn Ma Thuột." in page
    assert "chưa có tổ:" not in await shown(desk)


async def test_a_month_that_is_not_over_says_until_when(world: World, desk: Desk):
    assert "Tháng chưa hết: số liệu tính đến 09:00 ngày 25/11/2026." in await shown(desk)
    past = await shown(desk, "month=2026-10")
    assert "Số liệu từ ngày 01/10/2026 đến hết ngày 31/10/2026." in past and "Tháng chưa hết" not in past
    assert "BÁO CÁO THÁNG 10 NĂM 2026" in past and "cuối tháng còn 0 yêu cầu" in past


async def test_what_came_later_is_not_in_an_earlier_month(world: World, desk: Desk):
    await world.team("here", metres=100)
    code = await world.ask()
    await world.at(WEDNESDAY + 10 * DAY)
    await world.act(code, Action.ACCEPTANCE, member("here"))
    await world.act(code, Action.RESOLUTION, member("here"), outcome="solved")
    november, december = table(await shown(desk, "month=2026-11"))["Cộng"], table(await shown(desk))["Cộng"]
    assert [november[name] for name in ("Tiếp nhận", "Chưa xong cuối kỳ")] == ["1", "1"]
    assert [december[name] for name in ("Tiếp nhận", "Chưa xong cuối kỳ")] == ["0", "0"]


async def test_it_is_laid_out_as_an_administrative_report(world: World, desk: Desk):
    page = await shown(desk)
    parts = [
        "ỦY BAN NHÂN DÂN",
        "PHƯỜNG TÂN LẬP",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "Tân Lập, ngày 25 tháng 11 năm 2026",
        "BÁO CÁO THÁNG 11 NĂM 2026",
        "Kết quả hoạt động của Tổ công nghệ số cộng đồng",
        "NGƯỜI LẬP BIỂU",
        "THỦ TRƯỞNG ĐƠN VỊ",
        "Cách tính",
    ]
    places = [page.index(part, page.index("<article")) for part in parts]
    assert places == sorted(places)
    assert page.count("<dt>") == 14 and "style=" not in page and "<style" not in page


async def test_in_english_too(world: World, desk: Desk):
    page = await shown(desk, "lang=en")
    assert "REPORT FOR 11/2026" in page and "Payments" in page and "Tiếp nhận" not in page


async def test_a_province_opens_the_sheet_of_a_commune(world: World, desk: Desk):
    page = await shown(desk, "month=2026-11", PROVINCE_SUPERVISOR)
    [link] = re.findall(r'href="/supervisor/sheet\?(unit=24133&month=2026-11)"', page)
    assert "PHƯỜNG BUÔN MA THUỘT" in await shown(desk, link, PROVINCE_SUPERVISOR)


@pytest.mark.parametrize("ending", ["", ".xlsx"])
async def test_it_is_for_those_who_watch_the_unit(world: World, desk: Desk, ending: str):
    await is_for_those_who_watch(desk, f"/supervisor/sheet{ending}")


@pytest.mark.parametrize("month", ["2026-12", "2026-13", "0001-01", "11/2026", "2026-1"])
async def test_a_month_that_is_none_is_said_beside_its_field(world: World, desk: Desk, month: str):
    answer = await desk.page(f"/supervisor/sheet?month={month}", SUPERVISOR)
    assert answer.status_code == 422 and "Chọn một tháng đã bắt đầu" in unescape(answer.text)
    assert (await desk.page(f"/supervisor/sheet.xlsx?month={month}", SUPERVISOR)).status_code == 422


async def test_the_workbook_says_what_the_page_says(world: World, desk: Desk):
    await a_month(world)
    answer = await desk.page("/supervisor/sheet.xlsx?month=2026-11", PROVINCE_SUPERVISOR)
    assert 'filename="bao-cao-thang_66_2026-11.xlsx"' in answer.headers["content-disposition"]
    communes, duties, how = pages_of(answer.content)
    page = table(await shown(desk, "month=2026-11", PROVINCE_SUPERVISOR), COMMUNES)
    for name in ("Phường Tân Lập", "Phường Buôn Ma Thuột", "Cộng"):
        _, received, solved, in_time, late, *_ = communes.row_that_begins(name)
        assert [str(int(value)) for value in (received, solved, in_time, late)] == list(page[name].values())[:4]
    assert duties.row_that_begins("Cộng")[1] == 4 and len(how.rows) == 14
    assert communes.frozen_rows > 5 and communes.widths[0] > 30
    said = [text for row in communes.rows.values() for text in row.values()]
    for words in ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "NGƯỜI LẬP BIỂU", "THỦ TRƯỞNG ĐƠN VỊ"):
        assert words in said


async def test_no_name_becomes_a_formula(world: World, desk: Desk):
    async with world.store.begin() as unit:
        await unit.connection.exec_driver_sql(
            f"update administrativeunit set full_name = '=HYPERLINK(\"x\")' where key = '{COMMUNE}'"
        )
    pages = pages_of((await desk.page("/supervisor/sheet.xlsx", PROVINCE_SUPERVISOR)).content)
    assert pages[0].row_that_begins('=HYPERLINK("x") (chưa có tổ)') and all(page.formulas == 0 for page in pages)
