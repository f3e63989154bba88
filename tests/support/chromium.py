"""A real Chromium for tests of pages: the machine's own, else Playwright's."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Error, sync_playwright

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
        yield browser
        browser.close()
