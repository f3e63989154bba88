"""A real Chromium for tests of pages: the machine's own, else Playwright's."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, sync_playwright

from tests.support.house import PATIENCE_S

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@contextmanager
def open_chromium() -> Iterator[Browser]:
    """A headless browser. Where there is none the test is skipped, but never in CI."""
    own = next(filter(None, map(shutil.which, _NAMES)), None)
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=own, args=["--no-sandbox", "--disable-dev-shm-usage"])
        except Error:
            if os.environ.get("CI"):
                raise
            pytest.skip("there is no Chromium on this machine (Debian: apt install chromium)")
        yield _patient(browser)
        browser.close()


def _patient(browser: Browser) -> Browser:
    """Pages are waited for as long as everything else: other programs may have the machine."""
    make = browser.new_context

    def new_context(**wishes: Any) -> BrowserContext:
        context = make(**wishes)
        context.set_default_timeout(PATIENCE_S * 1000)
        return context

    browser.new_context = new_context
    return browser
