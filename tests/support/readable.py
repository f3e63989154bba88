"""What axe finds against WCAG 2.2 AA on a page as it stands, by day and by night, on a phone and on a desk."""

import json

from axe_playwright_python.base import AxeResults
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

PHONE, DESK = (360, 640), (1280, 900)
_ALL = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]
_OF_COLOURS = ["color-contrast", "link-in-text-block"]
_TOO_WIDE = """() => document.documentElement.scrollWidth <= innerWidth ? ""
    : `${document.documentElement.scrollWidth} px wide on a screen of ${innerWidth}`"""


def complaints(page: Page) -> str:
    """A report; empty where everybody can read it. At night only the colours differ: their rules are asked again."""
    return _by_day(page) + _by_night(page)


def complaints_on_all_screens(page: Page) -> str:
    """Loaded once, read on a phone, then on a desk, and not wider than either. By night on the phone alone."""
    found = ""
    for width, height in (PHONE, DESK):
        page.set_viewport_size({"width": width, "height": height})
        found += page.evaluate(_TOO_WIDE) + (complaints(page) if width == PHONE[0] else _by_day(page))
    return found


def _by_day(page: Page) -> str:
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    return _found(page, {"runOnly": _ALL})


def _by_night(page: Page) -> str:
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    found = _found(page, {"runOnly": {"type": "rule", "values": _OF_COLOURS}})
    page.emulate_media(color_scheme="light")
    return found


def _found(page: Page, options: dict[str, object]) -> str:
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(Axe().axe_script)
    asked = json.dumps(options | {"resultTypes": ["violations"]})  # else it describes what is right, too
    found = AxeResults(page.evaluate(f"axe.run({asked})"))
    return found.generate_report() if found.violations_count else ""
