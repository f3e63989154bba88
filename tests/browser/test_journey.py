"""1.22: one request through everybody's pages, in a real Chromium before the real house."""

import re
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.support.house import PATIENCE_S, House, own_house
from tests.support.readable import DESK, PHONE, complaints

pytestmark = [pytest.mark.browser, pytest.mark.slow]
TEAM, COMMUNE, COMMUNE_CODE = "24118-01", "Phường Tân Lập", "24121"
OPERATOR, MEMBER, COMMUNE_SUPERVISOR = 0, 1, 2
"""Places of the one-time links that a start prints."""
_numbers = count(905_810_001)
Enter = Callable[[int, tuple[int, int], bool], Page]


@pytest.fixture(scope="module")
def own(run_folder: Path) -> Iterator[House]:
    """Its printed links are used up here."""
    with own_house(run_folder) as running:
        yield running


@pytest.fixture(scope="module")
def sessions(own: House, chromium: Browser) -> dict[int, str]:
    """Everybody opens the link that was printed for them and presses its button; the cookies they have then."""
    found: dict[int, str] = {}
    for place in (OPERATOR, MEMBER, COMMUNE_SUPERVISOR):
        page = _context(chromium, DESK, script=True).new_page()
        page.goto(own.sign_in_links()[place])
        assert complaints(page) == ""
        page.locator("main form button").click()
        page.wait_for_url(re.compile("/(operator|team|supervisor)$"))
        found[place] = next(c["value"] for c in page.context.cookies() if c["name"] == "caunoi_session")  # pyright: ignore
        page.context.close()
    return found


@pytest.fixture
def enter(own: House, chromium: Browser, sessions: dict[int, str]) -> Iterator[Enter]:
    """A page of somebody who is signed in."""
    opened: list[BrowserContext] = []

    def page_of(who: int, size: tuple[int, int], script: bool) -> Page:
        context = _context(chromium, size, script)
        context.add_cookies([{"name": "caunoi_session", "value": sessions[who], "url": own.address}])
        opened.append(context)
        return context.new_page()

    yield page_of
    for context in opened:
        context.close()


@pytest.fixture(params=[True, False], ids=["with a script", "without"])
def script(request: pytest.FixtureRequest) -> bool:
    return request.param


def test_a_request_goes_from_the_residents_phone_to_the_members_and_back(
    own: House, chromium: Browser, enter: Enter, script: bool
) -> None:
    context = _context(chromium, PHONE, script)
    resident, phone = context.new_page(), f"0{next(_numbers)}"
    code = _ask(resident, own, phone, script)
    word = _take_and_finish(enter(MEMBER, PHONE, script), own, code, phone, script)
    _not_done(resident, own, code, phone, script)
    supervisor = enter(COMMUNE_SUPERVISOR, DESK, script)
    supervisor.goto(f"{own.address}/supervisor/tickets/{code}")
    expect(supervisor.locator("main")).to_contain_text("Vẫn báo lỗi")
    assert not script or complaints(supervisor) == ""
    assert re.fullmatch(r"\d\d", word)
    context.close()


def test_the_supervisors_first_page_and_figures_can_be_read_by_everyone(own: House, enter: Enter) -> None:
    page = enter(COMMUNE_SUPERVISOR, DESK, True)
    page.goto(f"{own.address}/supervisor")
    expect(page.locator("h1")).to_be_visible()
    assert complaints(page) == ""


def test_an_operator_files_for_a_caller_by_keyboard_alone_and_sees_the_team_at_once(own: House, enter: Enter) -> None:
    page = enter(OPERATOR, DESK, True)
    page.goto(f"{own.address}/operator")
    keys = page.keyboard
    keys.type(f"0{next(_numbers)}")
    expect(page.locator("#caller")).to_contain_text("gọi lần đầu")
    keys.press("Alt+3")
    keys.press("Tab")
    keys.type("Không quét được mã QR")
    keys.press("Tab")
    keys.type("tan lap")
    keys.press("Enter")
    page.get_by_label("Thôn, buôn, tổ dân phố").wait_for()
    keys.press("Tab")
    keys.type("T")
    expect(page.locator("#outlook ol")).to_be_visible()
    assert complaints(page) == ""
    keys.press("F9")
    page.wait_for_url(re.compile(r"/operator/requests/\d{9}$"))
    expect(page.locator(".answer-first .said")).to_contain_text(re.compile("Tổ .* sẽ gọi"))
    assert complaints(page) == ""


def test_phones_and_messages_show_what_was_said(own: House, enter: Enter) -> None:
    page = enter(COMMUNE_SUPERVISOR, DESK, True)
    page.goto(f"{own.address}/phones")
    expect(page.locator("main")).to_contain_text("Cau Noi")
    assert complaints(page) == ""
    page.goto(f"{own.address}/messages")
    expect(page.locator("main")).to_contain_text("Cau Noi")
    assert complaints(page) == ""


def complaints_with(script: bool, page: Page) -> str:
    """axe is a script itself: nothing is found where there is none."""
    return complaints(page) if script else ""


def _ask(page: Page, house: House, phone: str, script: bool) -> str:
    """The form, at 360 px; then the code and the promise."""
    page.goto(f"{house.address}/")
    assert not script or complaints(page) == ""
    page.get_by_label("Thanh toán, chuyển tiền").check()
    page.get_by_label("Bà con gặp khó gì?").fill("Không quét được mã QR")
    if script:
        page.get_by_role("combobox", name="Xã, phường").fill("tan lap")
        page.keyboard.press("Enter")
    else:
        page.get_by_label("Xã, phường").select_option(label=COMMUNE)
        page.get_by_role("button", name="Chọn thôn, buôn").click()
    page.get_by_label("Thôn, buôn, tổ dân phố").select_option(_village(house))
    page.get_by_label("Số điện thoại").fill(phone)
    page.get_by_role("button", name="Gửi yêu cầu").click()
    page.wait_for_url(re.compile(r"/t/\d{9}\?sent="))
    found = re.search(r"/t/(\d{9})", page.url)
    assert found
    spoken = f"{found[1][:3]} {found[1][3:6]} {found[1][6:]}"
    expect(page.locator("main")).to_contain_text(re.compile(spoken.replace(" ", r"\s")))
    expect(page.locator("main")).to_contain_text(re.compile(r"trước \d\d:\d\d"))
    assert not script or complaints(page) == ""
    assert not script or page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    return found[1]


def _village(house: House) -> str:
    """The id of the village of the member who signs in; the commune has several of the name."""
    with house.caller() as anybody:
        found = anybody.get("/api/v1/catalogue/villages", params={"commune_code": COMMUNE_CODE}).json()
    return next(village["id"] for village in found if village["team_code"] == TEAM)


def _take_and_finish(page: Page, house: House, code: str, phone: str, script: bool) -> str:
    """The member's big buttons; the two-digit number for the door, as the page says it."""
    _until_shown(page, f"{house.address}/team", f'form[action="/team/{code}/acceptance"]')
    assert not script or complaints(page) == ""
    page.locator(f'form[action="/team/{code}/acceptance"] button').click()
    card = page.locator(f"#t-{code}")
    expect(card.locator(f'a[href="tel:+84{phone[1:]}"]')).to_be_visible()
    word = card.locator(".door strong").inner_text()
    card.get_by_role("button", name="Bắt đầu").click()
    assert not script or complaints(page) == ""
    card = page.locator(f"#t-{code}")
    card.locator("summary", has_text="Xong").first.click()
    card.get_by_role("button", name="Báo đã xong").click()
    expect(page.get_by_role("status").filter(has_text="Cảm ơn anh chị")).to_be_visible()
    return word


def _not_done(page: Page, house: House, code: str, phone: str, script: bool) -> None:
    """Tracking by code and last four digits; then "chưa xong"."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        page.goto(f"{house.address}/t/{code}")
        page.get_by_label("Bốn số cuối của số điện thoại").fill(phone[-4:])
        page.keyboard.press("Enter")
        if "báo đã xong" in page.get_by_role("heading", level=1).inner_text():
            break
        assert time.monotonic() < deadline, page.locator("main").inner_text()
        time.sleep(0.3)
    assert not script or complaints(page) == ""
    page.get_by_role("link", name="Chưa xong").click()
    page.get_by_label("Còn gì chưa được?").fill("Vẫn báo lỗi")
    page.get_by_role("button", name="Chưa xong").click()
    expect(page.get_by_role("status").first).to_contain_text("Tổ sẽ làm tiếp")
    assert not script or complaints(page) == ""


def _until_shown(page: Page, url: str, selector: str) -> None:
    """Look again until what came over the bus is on the page."""
    deadline = time.monotonic() + PATIENCE_S
    page.goto(url)
    while page.locator(selector).count() == 0:
        assert time.monotonic() < deadline, page.locator("main").inner_text()
        time.sleep(0.3)
        page.goto(url)


def _context(chromium: Browser, size: tuple[int, int], script: bool) -> BrowserContext:
    viewport = {"width": size[0], "height": size[1]}
    return chromium.new_context(viewport=viewport, java_script_enabled=script)  # pyright: ignore[reportArgumentType]
