"""The resident's and the operator's pages in a real Chromium: light, for everyone, by keyboard, without a script."""

import re
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from services.intake.tracking import acting
from shared.identity import SESSION_COOKIE, Principal, Role
from tests.browser.intake_house import Served, serve
from tests.service.intake.world import WEDNESDAY, life, member
from tests.support.promises import takes_less_than
from tests.support.readable import DESK, PHONE, complaints, complaints_on_all_screens
from tests.support.servers import PostgresServer

pytestmark = pytest.mark.browser
LIGHTEST = 60_000
"""Bytes of everything a resident's page loads, uncompressed."""


@pytest.fixture(scope="module")
def intake(postgres: PostgresServer) -> Iterator[Served]:
    dsn = postgres.fresh_database("intake")
    with serve(dsn) as served:
        yield served
    postgres.drop_database(dsn)


@pytest.fixture(autouse=True)
def nine_o_clock(intake: Served) -> None:
    """Each test begins at the same time, however long those before it took: pages tell times to the minute."""
    intake.set_clock(WEDNESDAY)


def open_page(chromium: Browser, size: tuple[int, int] = PHONE, script: bool = True, **more: object) -> Page:
    options = {"width": size[0], "height": size[1]}
    context = chromium.new_context(viewport=options, java_script_enabled=script, **more)  # type: ignore[arg-type]
    return context.new_page()


def sit_down(page: Page, intake: Served) -> None:
    """Sign in as an operator."""
    token = intake.world.service.tokens.issue(Principal(role=Role.OPERATOR, id="op-1", name="Trần Thị Mai"))
    page.context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": intake.url}])


def fill_in(page: Page, phone: str, category: str = "Thanh toán, chuyển tiền") -> None:
    page.get_by_label(category).check()
    page.get_by_label("Bà con gặp khó gì?").fill("Không quét được mã QR")
    page.get_by_label("Số điện thoại").fill(phone)


def choose_commune(page: Page, typed: str) -> None:
    page.get_by_role("combobox", name="Xã, phường").fill(typed)
    page.keyboard.press("Enter")


def send(page: Page) -> None:
    page.get_by_role("button", name="Gửi yêu cầu").click()


def test_everything_the_form_loads_is_light(chromium: Browser, intake: Served):
    page = open_page(chromium)
    loaded: dict[str, int] = {}
    page.on("response", lambda response: loaded.update({response.url: len(response.body())}))
    page.goto(intake.url + "/")
    page.wait_for_load_state("networkidle")
    assert page.get_by_label("Chữ ký số").count() == 1
    assert len(page.locator("#f-commune_code option").all()) == 103
    kinds = {re.sub(r"\..*\.|.*/", ".", url.rsplit("/", 1)[1]) for url in loaded}
    assert any("css" in kind for kind in kinds) and any("js" in kind for kind in kinds)
    assert sum(loaded.values()) <= LIGHTEST, loaded
    scripts = [size for url, size in loaded.items() if url.endswith(".js")]
    assert sum(scripts) <= 8_000
    page.context.close()


def test_the_form_and_what_follows_fit_the_screen_and_can_be_read_by_everyone(chromium: Browser, intake: Served):
    page = open_page(chromium)
    page.goto(intake.url + "/")
    assert complaints_on_all_screens(page) == ""
    send(page)
    expect(page.get_by_role("alert")).to_be_focused()
    assert complaints_on_all_screens(page) == ""
    fill_in(page, "0905 036 011", "Nghi bị lừa đảo")
    choose_commune(page, "buon ma thuot")
    send(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Đã nhận yêu cầu của bà con")
    assert complaints_on_all_screens(page) == ""
    for path in ("/t/", "/t/482915304"):
        page.goto(intake.url + path)
        assert complaints_on_all_screens(page) == ""
    page.context.close()


def test_the_commune_is_found_while_typing_and_its_villages_come_by_themselves(chromium: Browser, intake: Served):
    page = open_page(chromium)
    page.goto(intake.url + "/")
    box = page.get_by_role("combobox", name="Xã, phường")
    box.fill("ea tam")
    first = page.get_by_role("option").first
    expect(first).to_contain_text("Phường Ea Kao")
    expect(first).to_contain_text("Ea Tam")
    choose_commune(page, "buon ma thuot")
    villages = page.get_by_label("Thôn, buôn, tổ dân phố")
    expect(villages.locator("option")).to_have_count(34)  # three more of the small world, and "not sure"
    villages.select_option(label="Thôn 7")
    fill_in(page, "0905 700 001")
    send(page)
    page.wait_for_url(re.compile(r"/t/\d{9}\?sent="))
    code = re.search(r"/t/(\d{9})", page.url)
    assert code
    [(village,)] = intake.do(intake.world.rows("select village_id from request where code = :code", code=code[1]))
    assert village == "b-7"
    page.context.close()


def test_a_form_without_a_script_is_filed(chromium: Browser, intake: Served):
    page = open_page(chromium, script=False)
    page.goto(intake.url + "/")
    fill_in(page, "0905 700 002", "Chữ ký số")
    page.get_by_label("Xã, phường").select_option(label="Phường Buôn Ma Thuột")
    page.get_by_role("button", name="Chọn thôn, buôn").click()
    expect(page.get_by_label("Số điện thoại")).to_have_value("0905 700 002")
    page.get_by_label("Thôn, buôn, tổ dân phố").select_option(label="Thôn 3")
    send(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Đã nhận yêu cầu của bà con")
    page.context.close()


def test_the_enter_key_in_a_field_files_and_asks_for_no_villages(chromium: Browser, intake: Served):
    page = open_page(chromium, script=False)
    page.goto(intake.url + "/")
    fill_in(page, "0905 700 003")
    page.get_by_label("Xã, phường").select_option(label="Phường Buôn Ma Thuột")
    page.get_by_label("Số điện thoại").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Đã nhận yêu cầu của bà con")
    page.context.close()


def test_what_to_do_now_shows_when_a_scam_is_chosen(chromium: Browser, intake: Served):
    page = open_page(chromium, script=False)
    page.goto(intake.url + "/")
    expect(page.get_by_text("Dừng chuyển tiền. Cúp máy.")).to_be_hidden()
    page.get_by_label("Nghi bị lừa đảo").check()
    expect(page.get_by_text("Dừng chuyển tiền. Cúp máy.")).to_be_visible()
    page.context.close()


def test_the_phones_location_is_a_pin_and_names_no_village(chromium: Browser, intake: Served):
    where = {"latitude": 12.6806, "longitude": 108.0418}
    page = open_page(chromium, geolocation=where, permissions=["geolocation"])
    page.goto(intake.url + "/")
    fill_in(page, "0905 700 004")
    choose_commune(page, "buon ma thuot")
    page.get_by_role("button", name="Dùng vị trí của máy này").click()
    expect(page.get_by_text("Đã lấy vị trí.")).to_be_visible()
    send(page)
    page.wait_for_url(re.compile(r"/t/\d{9}"))
    [row] = intake.do(intake.world.rows("select village_id, lat, lon from request where phone = '+84905700004'"))
    assert tuple(row) == (None, 12.6806, 108.0418)
    page.context.close()


def test_a_resident_follows_and_says_not_done(chromium: Browser, intake: Served):
    code = intake.do(intake.world.file(village_id="b-1", phone="0905 700 005"))["code"]
    intake.do(
        intake.world.tell(member(), *(life(code)[name] for name in ("offered", "accepted", "started", "resolved")))
    )
    page = open_page(chromium)
    page.goto(f"{intake.url}/t/{code}")
    page.get_by_label("Bốn số cuối của số điện thoại").fill("0005")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("báo đã xong")
    assert complaints(page) == ""
    assert "0005" not in page.url
    page.get_by_role("link", name="Chưa xong").click()
    page.get_by_label("Còn gì chưa được?").fill("Vẫn báo lỗi")
    page.get_by_role("button", name="Chưa xong").click()
    expect(page.get_by_role("status").first).to_contain_text("Tổ sẽ làm tiếp")
    assert intake.assign.asked[-1] == (code, "reopening", {"phone_last4": "0005", "reason": "Vẫn báo lỗi"})
    assert acting.LOOKS * acting.LOOK_S < 2
    page.context.close()


# The operator


def test_an_operator_files_by_keyboard_in_less_than_twenty_seconds(chromium: Browser, intake: Served):
    phones = (f"090570010{number}" for number in range(3))
    takes_less_than(20, lambda: _file_by_keyboard(chromium, intake, next(phones)))


def _file_by_keyboard(chromium: Browser, intake: Served, phone: str) -> float:
    """The seconds from the page to the filed request."""
    page = open_page(chromium, DESK)
    sit_down(page, intake)
    page.goto(intake.url + "/operator")
    began = time.monotonic()
    keys = page.keyboard
    keys.type(phone)
    expect(page.locator("#caller")).to_contain_text("gọi lần đầu")
    keys.press("Alt+3")
    keys.press("Tab")
    keys.type("Không quét được mã QR")
    keys.press("Tab")
    keys.type("buon ma thuot")
    keys.press("Enter")
    page.get_by_label("Thôn, buôn, tổ dân phố").wait_for()
    expect(page.locator("#outlook")).to_contain_text("Tổ gần nhất sẽ gọi bác trước 11:00 hôm nay.")
    keys.press("Tab")
    keys.type("Bu")
    keys.press("F9")
    page.wait_for_url(re.compile(r"/operator/requests/\d{9}$"))
    took = time.monotonic() - began
    row = intake.do(
        intake.world.rows(f"select category, channel, village_id from request where phone = '+84{phone[1:]}'")
    )
    assert [tuple(each) for each in row] == [("payments", "hotline", "v-1")]
    page.context.close()
    return took


def test_the_team_appears_on_the_operators_screen_within_a_second(chromium: Browser, intake: Served):
    def until_it_is_there() -> float:
        code = intake.do(intake.world.file(village_id="b-1", phone="0905 700 007"))["code"]
        page = open_page(chromium, DESK)
        sit_down(page, intake)
        page.goto(f"{intake.url}/operator/requests/{code}")
        expect(page.get_by_text("Đang tìm tổ gần nhất…")).to_be_visible()
        intake.begin(intake.world.tell(life(code)["offered"]))
        began = time.monotonic()
        expect(page.get_by_text("Tổ Buôn Akŏ Dhông sẽ gọi bác trước 11:00 hôm nay.")).to_be_visible()
        took = time.monotonic() - began
        page.context.close()
        return took

    takes_less_than(1.5, until_it_is_there)


def test_the_operators_pages_fit_their_screen_and_can_be_read_by_everyone(chromium: Browser, intake: Served):
    codes = [intake.do(intake.world.file(village_id="b-1"))["code"] for _ in range(2)]
    intake.do(intake.world.tell(member(), *life(codes[1]).values()))
    page = open_page(chromium)
    sit_down(page, intake)
    for path in ("", *(f"/requests/{code}{page}" for code in codes for page in ("", "/correction"))):
        page.goto(f"{intake.url}/operator{path}")
        assert complaints_on_all_screens(page) == "", path
    page.context.close()
