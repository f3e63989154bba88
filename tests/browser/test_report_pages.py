"""The monthly sheet and the pages of files in a real Chromium: for everyone, on a phone, on paper, without a script."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.assign_served import Served, serve
from tests.browser.test_assign_pages import open_page
from tests.support.assign import World
from tests.support.assign_web import PROVINCE_SUPERVISOR
from tests.support.readable import DESK, complaints, complaints_on_all_screens
from tests.support.servers import PostgresServer

pytestmark = pytest.mark.browser
FILES = "/supervisor/exports?from=2026-11-01&to=2026-11-30"


@pytest.fixture
def assign(postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Served]:
    monkeypatch.setenv("CAUNOI_HOME", str(tmp_path))
    dsn = postgres.fresh_database("assign")
    with serve(dsn) as served:
        served.do(some_requests(served.world))
        yield served
    postgres.drop_database(dsn)


async def some_requests(world: World) -> None:
    await world.team("near", metres=100)
    for _ in range(3):
        await world.ask()


def test_every_page_fits_its_screen_and_can_be_read_by_everyone(chromium: Browser, assign: Served):
    page = open_page(chromium, assign, PROVINCE_SUPERVISOR)
    for path in ("/supervisor/sheet", FILES):
        page.goto(assign.url + path)
        assert complaints_on_all_screens(page) == "", path
    page.context.close()


def test_on_paper_stands_the_report_alone(chromium: Browser, assign: Served):
    page = open_page(chromium, assign, PROVINCE_SUPERVISOR, DESK)
    page.goto(assign.url + "/supervisor/sheet")
    page.emulate_media(media="print")
    assert not page.locator(".top, .bottom, .sheet-tools").filter(visible=True).count()
    assert page.get_by_text("THỦ TRƯỞNG ĐƠN VỊ").is_visible()
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")
    page.context.close()


@pytest.mark.parametrize("script", [True, False], ids=["with a script", "without"])
def test_a_workbook_is_waited_for_and_taken(chromium: Browser, assign: Served, script: bool):
    page = open_page(chromium, assign, PROVINCE_SUPERVISOR, script=script)
    page.goto(assign.url + FILES)
    page.get_by_role("button", name="Excel (XLSX)").first.click()
    link = page.get_by_role("link", name="Tải tệp", exact=True)
    link.wait_for()
    assert not script or complaints(page) == ""
    with page.expect_download() as taken:
        link.click()
    assert taken.value.suggested_filename == "yeu-cau_66_2026-11-01_2026-11-30.xlsx"
    page.context.close()
