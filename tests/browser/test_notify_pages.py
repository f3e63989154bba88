"""Promise 1.21: `/phones` and `/messages` in a real Chromium: on a phone and a desk, live, and without a script."""

import threading
import time
from collections.abc import Callable, Iterator

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, expect

from services.notify.app import build
from shared.identity import SESSION_COOKIE, Principal, Role, Tokens
from shared.settings import Settings
from tests.service.notify.conftest import SECRET, Notify
from tests.service.notify.story import HELPER, NEIGHBOUR, NOON, RESIDENT, Story, everybody, places_known
from tests.support.readable import complaints_on_all_screens
from tests.support.servers import PostgresServer, run_apart

pytestmark = pytest.mark.browser
OpenPage = Callable[..., Page]
PAGES = ("/phones", "/messages", "/messages/channels", "/phones?q=nobody", "/messages?code=123")


@pytest.fixture(scope="module")
def address(postgres: PostgresServer) -> Iterator[str]:
    """notify with a few tickets told, one phone switched off, one offer that waits for the morning."""
    settings = Settings(
        database_url=postgres.fresh_database("notify"),
        nats_url="nats://127.0.0.1:9",
        secret_key=SECRET,
        simulator=True,
    )
    run_apart(tell_a_few(settings))
    service = build(settings)
    service.clock.set_now(NOON)
    server = uvicorn.Server(uvicorn.Config(service.app, port=0, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not service.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(20)


async def tell_a_few(settings: Settings) -> None:
    notify = Notify(settings)
    await notify.hear(*places_known(), *everybody())
    first, urgent, late = Story(), Story("scam_safety"), Story()
    await notify.hear(first.submitted(), first.offered("T-1"))
    await notify.hear(first.accepted("helper"))
    await notify.behave(NEIGHBOUR, "switched_off")
    await notify.hear(urgent.submitted("+84905000002", requester_name=None), urgent.offered("T-1", "T-2"))
    await notify.hear(late.escalated("supervisor"))
    await notify.browser.aclose()
    await notify.store.close()


@pytest.fixture
def open_page(chromium: Browser, address: str) -> Iterator[OpenPage]:
    contexts: list[BrowserContext] = []

    def go(path: str, width: int = 360, scripts: bool = True) -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": 800},
            java_script_enabled=scripts,
        )
        contexts.append(context)
        supervisor = Principal(role=Role.SUPERVISOR, id="s", unit="24121", name="Trần Văn Bình")
        context.add_cookies([{"name": SESSION_COOKIE, "value": Tokens(SECRET).issue(supervisor), "url": address}])
        page = context.new_page()
        page.goto(address + path)
        return page

    yield go
    for context in contexts:
        context.close()


@pytest.mark.parametrize("path", PAGES)
def test_a_page_fits_its_screen_and_can_be_read_by_everyone(open_page: OpenPage, path: str) -> None:
    assert complaints_on_all_screens(open_page(path)) == ""


def test_an_answer_appears_on_the_phone_by_itself(open_page: OpenPage) -> None:
    page = open_page("/phones", 1280)
    phone = page.locator(f"#phone-{RESIDENT[1:]}")
    phone.get_by_label("Nhắn từ máy này").fill("XEM")
    phone.get_by_role("button", name="Gửi").click()
    expect(page.locator(f"#phone-{RESIDENT[1:]} .bubble.sent")).to_contain_text("XEM")
    expect(page.locator(f"#phone-{RESIDENT[1:]} .bubble").last).to_contain_text("da co nguoi nhan")


def test_a_phone_that_rings_comes_by_itself_and_what_is_being_typed_stays(open_page: OpenPage, address: str) -> None:
    page = open_page("/phones", 1280)
    page.locator(f"#phone-{HELPER[1:]}").get_by_label("Nhắn từ máy này").fill("XONG 1 da")
    page.request.post(f"{address}/api/v1/phones/0905777888/messages", data={"text": "alo"})
    expect(page.locator("#phone-84905777888")).to_be_visible()
    expect(page.locator("#phone-84905777888 .bubble").last).to_contain_text("Hoi tin: XEM")
    assert page.locator(f"#phone-{HELPER[1:]}").get_by_label("Nhắn từ máy này").input_value() == "XONG 1 da"


def test_it_works_without_a_script(open_page: OpenPage) -> None:
    page = open_page("/phones", scripts=False)
    phone = page.locator(f"#phone-{HELPER[1:]}")
    phone.get_by_label("Nhắn từ máy này").fill("XEM 1")
    phone.get_by_role("button", name="Gửi").click()
    expect(page.locator(f"#phone-{HELPER[1:]} .bubble.sent")).to_contain_text("XEM 1")


def test_what_became_of_a_message_is_said_in_words_with_its_tries(open_page: OpenPage) -> None:
    page = open_page("/messages", 1280)
    expect(page.get_by_text("máy tắt hoặc ngoài vùng phủ sóng").first).to_be_visible()
    first = page.locator(".message", has_text="Đã có người nhận").first
    first.get_by_text("1 lần gửi").click()
    expect(first.get_by_text("máy đã nhận", exact=True)).to_be_visible()


def test_a_code_shows_its_messages_alone(open_page: OpenPage) -> None:
    page = open_page("/messages", 1280)
    code = page.locator(".message-codes a").last
    wanted = code.inner_text()
    code.click()
    assert set(page.locator(".message-codes a").all_inner_texts()) == {wanted}
