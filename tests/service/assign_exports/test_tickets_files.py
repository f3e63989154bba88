"""`/supervisor/tickets.csv` and `.xlsx`: the tickets of the list, whole and without anything personal."""

import asyncio
import csv
import io
import re
from collections.abc import AsyncGenerator, Awaitable, Callable
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col
from structlog.testing import capture_logs

from services.assign.reporting.exports import making, store, streaming
from services.assign.reporting.exports.making import Maker
from services.assign.reporting.exports.seats import Seats
from services.assign.reporting.exports.workbook import Workbook
from services.assign.tickets.lifecycle import Action
from services.assign.tickets.tables import Ticket
from shared.clock import local
from shared.codes import spoken
from tests.support.assign import NEIGHBOUR, OPERATOR, SUPERVISOR, WEDNESDAY, World, member
from tests.support.assign_web import NEIGHBOUR_SUPERVISOR, PROVINCE_SUPERVISOR, Desk
from tests.support.workbook import Page, pages_of

HOUR = timedelta(hours=1)
PHONE, NAME, WORDS = "+84905123456", "H’Bia Niê", "Quên mật khẩu VNeID"


async def lines(desk: Desk, query: str = "", who: Any = SUPERVISOR) -> list[dict[str, str]]:
    answer = await desk.page(f"/supervisor/tickets.csv?{query}", who)
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


async def made(desk: Desk, query: str = "", who: Any = SUPERVISOR) -> str:
    """Asks for a workbook and waits; the address of its page."""
    begun = await desk.page(f"/supervisor/tickets.xlsx?{query}", who)
    assert begun.status_code == 303, begun.text
    await asyncio.gather(*desk.service.app.state.exports._tasks, return_exceptions=True)
    return begun.headers["location"]


async def workbook(desk: Desk, query: str = "", who: Any = SUPERVISOR) -> list[Page]:
    answer = await desk.page(f"{await made(desk, query, who)}/file", who)
    assert answer.status_code == 200, answer.text
    return pages_of(answer.content)


async def a_life(world: World) -> str:
    """Accepted, paused for an hour, done, rated."""
    await world.team("=mine", metres=100)
    code = await world.ask(phone=PHONE, requester_name=NAME, description=WORDS)
    await world.act(code, Action.ACCEPTANCE, member("=mine"))
    await world.act(code, Action.WAITING, member("=mine"), reason="chiều", until=WEDNESDAY + HOUR)
    await world.at(WEDNESDAY + 2 * HOUR)
    await world.act(code, Action.RESOLUTION, member("=mine"), outcome="solved", note=WORDS)
    await world.act(code, Action.RATING, None, stars=5, comment=WORDS)
    return code


async def test_a_line_tells_a_ticket_without_anything_personal(world: World, desk: Desk, maker: Maker):
    code = await a_life(world)
    ticket = await world.ticket(code)
    [line] = await lines(desk, "status=resolved")
    assert (line["Mã yêu cầu"], line["Bước"], line["Kết quả"]) == (spoken(code), "Đã xong, chờ xác nhận", "Đã làm xong")
    assert (line["Mã tổ"], line["Tổ"], line["Mã đơn vị"]) == ("'=mine", "Tổ =mine", "24121")
    assert line["Gửi lúc (giờ Việt Nam)"] == f"{local(ticket.submitted_at):%Y-%m-%d %H:%M:%S}"
    assert line["Bà con chấm (1-5)"] == "5"
    assert (line["Số lần tạm dừng"], line["Tạm dừng (phút đồng hồ)"]) == ("1", "60")
    assert line["Xong lúc"].startswith("2026-11-25 11:00") and ticket.resolution_met_at is not None
    [page] = await workbook(desk, "status=resolved")
    whole = (await desk.page("/supervisor/tickets.csv?status=resolved", SUPERVISOR)).text + str(page.rows)
    for private in (PHONE, "905123456", NAME, WORDS, "L-=mine"):
        assert private not in whole
    [cells] = [row for number, row in page.rows.items() if number]
    assert (cells[0], cells[6], cells[18]) == (spoken(code), "=mine", 5.0) and page.formulas == 0
    assert 46351.37 < cells[9] < 46351.40  # Excel's day of 25/11/2026, 09:00


async def test_a_file_holds_what_the_list_holds_on_all_its_pages(world: World, desk: Desk, maker: Maker):
    await world.team("here", metres=100, capacity=100)
    await world.team("there", metres=10_000, commune=NEIGHBOUR)
    codes = [await world.ask() for _ in range(30)]
    device, there = await world.ask(category="device"), await world.ask(commune=NEIGHBOUR)
    await world.act(codes[0], Action.CANCELLATION, OPERATOR, reason="gọi nhầm")

    async def found(query: str, who: Any = PROVINCE_SUPERVISOR) -> set[str]:
        return {line["Mã yêu cầu"].replace(" ", "") for line in await lines(desk, query, who)}

    assert await found("") == {*codes[1:], device, there}
    assert await found("status=cancelled") == {codes[0]}
    assert await found("status=all") == {*codes, device, there}
    assert await found("from=2026-11-25&to=2026-11-25") == {*codes, device, there}
    assert await found("from=2026-11-26&to=2026-11-27") == set()
    assert await found("category=device") == {device}
    assert await found("unit=24133") == {there}
    assert await found("", NEIGHBOUR_SUPERVISOR) == {there}
    assert await found("overdue=yes") == set()
    [page] = await workbook(desk, "status=all", PROVINCE_SUPERVISOR)
    assert len(page.rows) == 1 + 32


async def test_rows_come_by_a_cursor_a_chunk_at_a_time(
    world: World, desk: Desk, maker: Maker, monkeypatch: pytest.MonkeyPatch
):
    await world.team("here", metres=100, capacity=100)
    codes = [await world.ask() for _ in range(7)]
    monkeypatch.setattr(store, "CHUNK", 3)
    async with world.store.read() as connection:
        wanted = select(col(Ticket.code))
        sizes = [len(rows) async for rows in store.chunks(connection, wanted)]
    assert sizes == [3, 3, 1]
    assert [line["Mã yêu cầu"].replace(" ", "") for line in await lines(desk)] == codes[::-1]


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
async def test_it_is_for_those_who_watch_the_unit(world: World, desk: Desk, maker: Maker, ending: str):
    address, given = f"/supervisor/tickets.{ending}", 200 if ending == "csv" else 303
    for who, unit, status in [
        (SUPERVISOR, "24121", given),
        (SUPERVISOR, "24133", 404),
        (PROVINCE_SUPERVISOR, "1", 404),
    ]:
        answer = await desk.page(f"{address}?unit={unit}", who)
        assert answer.status_code == status and answer.headers.get("location") != "/sign-in"
    for who in (None, member("here"), OPERATOR):
        assert (await desk.page(address, who)).headers["location"] == "/sign-in"
    await maker.stop()
    for wrong in ("from=2026-11-25&to=2026-11-01", "to=mai", "from=2020-01-01&to=2026-01-01"):
        assert (await desk.page(f"{address}?{wrong}", SUPERVISOR)).status_code == 422


async def test_a_workbook_says_how_far_it_is_and_then_where(
    world: World, desk: Desk, maker: Maker, monkeypatch: pytest.MonkeyPatch
):
    await world.team("here", metres=100, capacity=100)
    for _ in range(5):
        await world.ask()
    half, rest = asyncio.Event(), asyncio.Event()
    whole = store.chunks

    async def slowly(connection: Any, statement: Any) -> Any:
        async for rows in whole(connection, statement):
            yield rows[:2]
            half.set()
            await rest.wait()
            yield rows[2:]

    monkeypatch.setattr(making.store, "chunks", slowly)
    monkeypatch.setattr(making, "TOLD_S", 0)
    begun = await desk.page("/supervisor/tickets.xlsx", SUPERVISOR)
    address = begun.headers["location"]
    await half.wait()
    page = unescape((await desk.page(address, SUPERVISOR)).text)
    assert re.search(r"Đã ghi 2 trên 5 dòng", page) and 'max="5" value="2"' in page
    assert 'http-equiv="refresh"' in page and f"{address}?part=yes" in page
    again = await desk.page("/supervisor/tickets.xlsx?status=all", SUPERVISOR)
    assert again.headers["location"] == f"{address}?other=yes"
    assert "còn đang được làm" in unescape((await desk.page(again.headers["location"], SUPERVISOR)).text)
    assert (await desk.page("/supervisor/tickets.csv", SUPERVISOR)).status_code == 429
    assert (await desk.page(f"{address}/file", SUPERVISOR)).status_code == 404
    rest.set()
    await asyncio.gather(*maker._tasks)
    done = unescape((await desk.page(f"{address}?part=yes", SUPERVISOR)).text)
    assert "Tệp đã xong: 5 dòng" in done and f'href="{address}/file"' in done and "hx-get" not in done
    file = await desk.page(f"{address}/file", SUPERVISOR)
    assert file.headers["content-disposition"] == 'attachment; filename="yeu-cau_24121.xlsx"'


async def test_a_file_is_only_for_whoever_asked_for_it(world: World, desk: Desk, maker: Maker):
    address = await made(desk)
    for who in (PROVINCE_SUPERVISOR, NEIGHBOUR_SUPERVISOR):
        assert (await desk.page(f"{address}/file", who)).status_code == 404
        assert (await desk.page(address, who)).status_code == 404
    for id in ("..", "0" * 32, "%2e%2e%2fstate.json"):
        assert (await desk.page(f"/supervisor/exports/{id}/file", SUPERVISOR)).status_code == 404
    assert (await desk.page(f"{address}/file", None)).headers["location"] == "/sign-in"


async def test_what_fails_says_so_and_leaves_nothing(
    world: World, desk: Desk, maker: Maker, monkeypatch: pytest.MonkeyPatch
):
    def full(_: Workbook) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Workbook, "close", full)
    address = await made(desk)
    assert "Chưa làm được tệp" in unescape((await desk.page(address, SUPERVISOR)).text)
    folder = maker.shelf.folder / address.rpartition("/")[2]
    assert [file.name for file in folder.iterdir()] == ["state.json"]
    monkeypatch.undo()
    assert (await desk.page(f"{await made(desk)}/file", SUPERVISOR)).status_code == 200


async def test_few_are_made_at_once(world: World, desk: Desk, maker: Maker):
    maker.seats.take("one")
    maker.seats.take("two")
    assert (await desk.page("/supervisor/tickets.xlsx", SUPERVISOR)).status_code == 503
    assert (await desk.page("/supervisor/tickets.csv", SUPERVISOR)).status_code == 503
    maker.seats.leave("one")
    for _ in range(3):
        assert (await desk.page("/supervisor/tickets.csv", SUPERVISOR)).status_code == 200


async def test_the_page_says_how_many_before_anything_is_made(world: World, desk: Desk):
    await world.team("here", metres=100, capacity=100)
    for _ in range(4):
        await world.ask()
    page = unescape((await desk.page("/supervisor/exports?from=2026-11-01&to=2026-11-30", SUPERVISOR)).text)
    assert "4 yêu cầu; tệp CSV khoảng 0,0 MB" in page and "Phường Buôn Ma Thuột" not in page
    wrong = await desk.page("/supervisor/exports?from=2026-11-30&to=2026-11-01", SUPERVISOR)
    assert wrong.status_code == 422 and "Ngày cuối phải sau ngày đầu." in unescape(wrong.text)
    assert (await desk.page("/supervisor/exports?unit=24133", SUPERVISOR)).status_code == 404


class Reader:
    """A browser that takes a file, as its server sees it; after so many parts it takes nothing more, or is gone."""

    def __init__(self, most: int, then: Callable[[], Awaitable[None]]) -> None:
        self.taken = 0
        self._most, self._then = most, then

    async def send(self, _: Any) -> None:
        self.taken += 1
        if self.taken > self._most:
            await self._then()

    async def receive(self) -> Any:
        await asyncio.sleep(60)


async def chunks(closed: list[bool]) -> AsyncGenerator[list[str], None]:
    try:
        for _ in range(5):
            yield ["row"]
    finally:
        closed.append(True)


@pytest.mark.parametrize(("most", "event"), [(3, "export.left"), (99, "export.made")])
async def test_who_takes_nothing_for_long_loses_the_seat_and_is_said_to_have_left(
    monkeypatch: pytest.MonkeyPatch, most: int, event: str
):
    monkeypatch.setattr(streaming, "PATIENCE_S", 0.05)
    seats, reader = Seats(), Reader(most, lambda: asyncio.sleep(60))
    closed: list[bool] = []
    csv = streaming.Csv("me", "file.csv", seats, [], lambda _: [], chunks(closed))
    with capture_logs() as logs:
        await asyncio.wait_for(csv({"type": "http", "asgi": {"spec_version": "2.3"}}, reader.receive, reader.send), 10)
    assert [one["event"] for one in logs] == [event]
    assert closed == [True]
    seats.take("me")
