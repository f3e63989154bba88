"""`/supervisor/export.csv` and `.xlsx`: the table of figures as files, each figure that of the metrics."""

import csv
import io
from typing import Any

import pytest

from services.assign.reporting.exports.making import Maker
from services.assign.tickets.lifecycle import Action
from tests.support.assign import NEIGHBOUR, SUPERVISOR, World, member
from tests.support.assign_web import (
    PROVINCE_SUPERVISOR,
    Desk,
    is_for_those_who_watch,
)
from tests.support.workbook import pages_of


async def table(desk: Desk, query: str, who: Any = PROVINCE_SUPERVISOR) -> list[dict[str, str]]:
    answer = await desk.page(f"/supervisor/export.csv?{query}", who)
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


async def some_requests(world: World) -> None:
    await world.team("=here", metres=100)
    await world.team("there", metres=10_000, commune=NEIGHBOUR)
    codes = [await world.ask(), await world.ask(category="device"), await world.ask(commune=NEIGHBOUR)]
    await world.act(codes[0], Action.ACCEPTANCE, member("=here"))
    await world.act(codes[0], Action.RESOLUTION, member("=here"), outcome="solved")
    await world.act(codes[0], Action.RATING, None, stars=4)


@pytest.mark.parametrize("by", ["unit", "team", "category", "channel", "day"])
async def test_every_row_says_what_the_metrics_say(world: World, desk: Desk, by: str):
    await some_requests(world)
    asked = {"by": by, "from": "2026-11-24", "to": "2026-11-25"}
    rows = (await desk.get("/api/v1/metrics", PROVINCE_SUPERVISOR, **asked)).json()["rows"]
    lines = await table(desk, f"by={by}&from=2026-11-24&to=2026-11-25")
    keys = ["'=here" if row["key"] == "=here" else row["key"] or "" for row in rows]
    assert [line["Mã"] for line in lines] == keys
    for line, row in zip(lines, rows, strict=True):
        counts = [line[name] for name in ("Yêu cầu gửi đến", "Đang mở", "Lượt hỏi tổ", "Trả lời: đúng hạn")]
        assert counts == [str(row[name]) for name in ("submitted", "open", "offers")] + [str(row["response"]["met"])]
        assert line["Bà con chấm"] == ("" if row["rating_mean"] is None else str(row["rating_mean"]))


async def test_names_stand_beside_keys_and_none_is_a_formula(world: World, desk: Desk):
    await some_requests(world)
    assert [line["Loại việc"] for line in await table(desk, "by=category")] == [
        "Điện thoại, máy",
        "Thanh toán, chuyển tiền",
    ]
    assert {line["Xã, phường"] for line in await table(desk, "")} == {"Phường Tân Lập", "Phường Buôn Ma Thuột"}
    assert {line["Mã"] for line in await table(desk, "by=team")} == {"'=here", "there", ""}
    answer = await desk.page("/supervisor/export.xlsx?by=team", PROVINCE_SUPERVISOR)
    [page] = pages_of(answer.content)
    assert page.row_that_begins("=here")[1:3] == ["Tổ =here", 1.0] and page.formulas == 0 and page.frozen_rows == 1


async def test_a_file_is_named_for_what_is_in_it(world: World, desk: Desk):
    for ending in ("csv", "xlsx"):
        answer = await desk.page(f"/supervisor/export.{ending}?by=day&from=2026-11-01&to=2026-11-05", SUPERVISOR)
        name = f"so-lieu_day_24121_2026-11-01_2026-11-05.{ending}"
        assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'
    assert answer.content.startswith(b"PK")


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
async def test_it_is_for_those_who_watch_the_unit(world: World, desk: Desk, ending: str):
    address = f"/supervisor/export.{ending}"
    await is_for_those_who_watch(desk, address)
    for wrong in ("from=2026-11-25&to=2026-11-01", "from=hôm+qua", "by=weather"):
        assert (await desk.page(f"{address}?{wrong}", SUPERVISOR)).status_code == 422


async def test_nobody_has_two_at_once(world: World, desk: Desk, maker: Maker):
    maker.seats.take(SUPERVISOR.id)
    for ending in ("csv", "xlsx"):
        assert (await desk.page(f"/supervisor/export.{ending}", SUPERVISOR)).status_code == 429
        assert (await desk.page(f"/supervisor/export.{ending}", PROVINCE_SUPERVISOR)).status_code == 200
    maker.seats.take("somebody else")
    refused = await desk.page("/supervisor/export.csv", PROVINCE_SUPERVISOR)
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "60")
