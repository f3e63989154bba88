"""Every component in a real Chromium: on a phone and a desk, by day and by night, by keyboard, without a script."""

import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn
from playwright.sync_api import Browser, Page

from tests.support.readable import PHONE, complaints_on_all_screens
from tests.unit.web.app import small_app

pytestmark = pytest.mark.browser
PAGES = ("/components", "/components?for=resident", "/nothing")


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    server = uvicorn.Server(uvicorn.Config(small_app(), port=0, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(5)


@pytest.mark.parametrize("page_path", PAGES)
def test_a_page_can_be_read_by_everyone(chromium: Browser, address: str, page_path: str):
    page = open_page(chromium, address + page_path, PHONE)
    assert complaints_on_all_screens(page) == ""
    page.context.close()


@pytest.mark.parametrize("page_path", PAGES)
def test_no_page_is_wider_than_its_screen(chromium: Browser, address: str, page_path: str):
    page = open_page(chromium, address + page_path, PHONE)
    for width in (320, 360, 768, 1280):
        page.set_viewport_size({"width": width, "height": 640})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.context.close()


@pytest.mark.parametrize("page_path", PAGES)
def test_whatever_is_pressed_is_big_enough_for_a_thumb(chromium: Browser, address: str, page_path: str):
    page = open_page(chromium, address + page_path, PHONE)
    small = page.evaluate(
        """() => [...document.querySelectorAll("main button, main .button, main input:not(.sr), main select,"
          + "main textarea, main summary, .tile, .choice, .star-row label, header a")]
          .filter(one => !one.closest(".choice") || one.matches(".choice"))
          .map(one => [one.outerHTML.slice(0, 90), one.getBoundingClientRect()])
          .filter(([_, box]) => box.height && (box.height < 43.5 || box.width < 43.5))
          .map(([html, box]) => `${html} ${box.width} x ${box.height}`)"""
    )
    assert small == []
    page.context.close()


def test_a_page_says_nothing_on_the_console(chromium: Browser, address: str):
    page = chromium.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(f"{address}/components", wait_until="networkidle")
    assert [words for words in said if "404" not in words] == []  # fonts and htmx are missing where npm is
    page.close()


def test_by_keyboard_the_first_stop_leads_to_the_content_and_a_tile_is_chosen_with_arrows(
    chromium: Browser, address: str
):
    page = open_page(chromium, f"{address}/components?for=resident", PHONE)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.focus("#f-category")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    assert page.input_value("input[name=category]:checked") == "identity_account"
    page.context.close()


def test_a_key_shown_on_a_button_presses_it(chromium: Browser, address: str):
    page = open_page(chromium, f"{address}/components", (1280, 800))
    page.evaluate("document.querySelector('kbd').closest('button').onclick = () => { window.pressed = true; }")
    page.keyboard.press("F9")
    assert page.evaluate("window.pressed") is True
    page.context.close()


def test_the_exact_time_shows_on_a_tap(chromium: Browser, address: str):
    page = open_page(chromium, f"{address}/components?for=resident", PHONE)
    when = page.locator("time").first
    when.click()
    shown = when.evaluate("one => getComputedStyle(one, '::after').content")
    assert "24/11/2026" in shown
    page.context.close()


def open_page(chromium: Browser, url: str, size: tuple[int, int]) -> Page:
    context = chromium.new_context(viewport={"width": size[0], "height": size[1]}, reduced_motion="reduce")
    page = context.new_page()
    page.goto(url, wait_until="load")
    return page
