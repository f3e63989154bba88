"""The supervisor's board in a real Chromium: for everyone, on a phone, without a script, live without losing a word."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from services.assign.tickets.lifecycle import Action
from shared.identity import Principal
from tests.browser.assign_served import Served, serve
from tests.browser.test_assign_pages import open_page
from tests.support.assign import NEIGHBOUR, SUPERVISOR, WEDNESDAY, World, member
from tests.support.assign_web import PROVINCE_SUPERVISOR
from tests.support.readable import DESK, PHONE, complaints_on_all_screens
from tests.support.servers import PostgresServer

pytestmark = pytest.mark.browser
CAME = ".stat:has(#how-submitted) .stat-value"


@pytest.fixture
def assign(postgres: PostgresServer) -> Iterator[Served]:
    dsn = postgres.fresh_database("assign")
    with serve(dsn) as served:
        served.do(some_days(served.world))
        yield served
    postgres.drop_database(dsn)


async def some_days(world: World) -> None:
    """Three days of requests: some in time, some late, some that nobody takes."""
    await world.team("mine", metres=100, capacity=50)
    await world.team("other", metres=900, capacity=50)
    await world.team("gone", metres=2_000, reachable=False)
    for day in (2, 1, 0):
        world.clock.set_now(
            max(world.clock.now(), WEDNESDAY - timedelta(days=day)) if day < 2 else WEDNESDAY - timedelta(days=2)
        )
        codes = [await world.ask(category=category) for category in ("device", "payments", "training")]
        await world.at(world.clock.now() + timedelta(minutes=15))
        await world.act(codes[0], Action.ACCEPTANCE, member(next(iter(await world.outcomes(codes[0])))))
        await world.at(world.clock.now() + timedelta(hours=3))


def look(
    chromium: Browser,
    assign: Served,
    path: str,
    who: Principal = SUPERVISOR,
    *,
    phone: bool = False,
    script: bool = True,
) -> Page:
    page = open_page(chromium, assign, who, PHONE if phone else DESK, script=script)
    page.goto(assign.url + path)
    return page


def test_every_page_fits_its_screen_and_can_be_read_by_everyone(chromium: Browser, assign: Served):
    [first, second] = [assign.do(assign.world.ask()) for _ in range(2)]
    paths = (
        "/supervisor",
        "/supervisor/board",
        "/supervisor/board?by=day",
        f"/supervisor/bulk?code={first}&code={second}",
    )
    for path in paths:
        page = look(chromium, assign, path, PROVINCE_SUPERVISOR, phone=True)
        for opened in page.locator("main details > summary:visible").all()[:8]:
            opened.click()
        assert complaints_on_all_screens(page) == "", path
        page.context.close()


def test_each_chart_is_drawn_from_its_table_under_a_strict_policy(chromium: Browser, assign: Served):
    page = open_page(chromium, assign, SUPERVISOR, DESK)
    broken: list[str] = []
    page.on("pageerror", lambda error: broken.append(str(error)))
    page.on("console", lambda said: broken.append(said.text) if "Security Policy" in said.text else None)
    page.goto(f"{assign.url}/supervisor/board")
    expect(page.locator("figure.chart .drawn canvas")).to_have_count(3)
    expect(page.locator("figure.chart table.plain")).to_have_count(3)
    assert broken == []
    page.context.close()


def test_without_a_script_the_tables_are_all_there_is(chromium: Browser, assign: Served):
    page = look(chromium, assign, "/supervisor/board", PROVINCE_SUPERVISOR, script=False)
    expect(page.locator("canvas")).to_have_count(0)
    page.get_by_text("Xem bảng số").first.click()
    expect(page.get_by_role("row", name=re.compile("^25.11"))).to_be_visible()
    page.get_by_role("link", name="Phường Tân Lập").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Phường Tân Lập")
    page.get_by_role("link", name="7 ngày").click()
    expect(page.get_by_text("Từ 19/11 đến hết 25/11")).to_be_visible()
    page.get_by_label("Từ ngày").fill("2026-11-24")
    page.get_by_role("button", name="Xem", exact=True).click()
    expect(page.get_by_text("Từ 24/11 đến hết 25/11")).to_be_visible()
    page.context.close()


@pytest.mark.parametrize("script", [True, False], ids=["with a script", "without"])
def test_several_are_chosen_and_cancelled_with_one_reason(chromium: Browser, assign: Served, script: bool):
    codes = [assign.do(assign.world.ask()) for _ in range(2)]
    page = look(chromium, assign, "/supervisor", script=script)
    for code in codes:
        page.locator(f'#open input[value="{code}"]').check()
    page.get_by_role("button", name="Xử lý các việc đã chọn").last.click()
    page.get_by_label("Hủy").check()
    page.get_by_label("Lý do").fill("bà con gọi nhầm")
    page.get_by_role("button", name="Làm cho tất cả").click()
    expect(page.get_by_text("Được 2 trên 2 yêu cầu.")).to_be_visible()
    assert [assign.do(assign.world.ticket(code)).status for code in codes] == ["cancelled", "cancelled"]
    page.context.close()


def test_an_open_page_hears_of_its_own_territory_and_of_no_other(chromium: Browser, assign: Served):
    page = look(chromium, assign, "/supervisor/board")
    came = page.locator(CAME)
    expect(came).to_have_text("9")
    expect(page.locator(".live-on")).to_be_visible()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "part=figures" in request.url else None)
    assign.do(assign.world.ask(commune=NEIGHBOUR))
    assign.do(assign.world.ask())
    expect(came).to_have_text("10")
    expect(page.locator("figure.chart .drawn canvas")).to_have_count(3)
    assert len(asked) == 1
    page.context.close()


def test_what_is_open_stays_open_and_the_focus_stays_when_figures_change(chromium: Browser, assign: Served):
    page = look(chromium, assign, "/supervisor/board")
    summary = page.locator("#how-submitted > summary")
    summary.focus()
    page.keyboard.press("Enter")
    assign.do(assign.world.ask())
    expect(page.locator(CAME)).to_have_text("10")
    expect(page.locator("#how-submitted")).to_have_attribute("open", "")
    expect(summary).to_be_focused()
    page.context.close()


def test_a_half_written_reason_is_never_taken_away(chromium: Browser, assign: Served):
    page = look(chromium, assign, "/supervisor")
    page.locator("article summary").first.click()
    page.get_by_label("Lý do").fill("tổ kia đang thu cà phê")
    assign.do(assign.world.ask(description="Việc mới toanh"))
    expect(page.locator(".live-new")).to_be_visible()
    assert page.get_by_label("Lý do").input_value() == "tổ kia đang thu cà phê"
    page.context.close()
