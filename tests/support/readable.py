"""What axe finds against WCAG 2.2 AA on a page as it stands, by day and by night."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

_ALL = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]
_OF_COLOURS = ["color-contrast", "link-in-text-block"]


def complaints(page: Page) -> str:
    """A report; empty where everybody can read it. At night only the colours differ: their rules are asked again."""
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    by_day = _found(page, {"runOnly": _ALL})
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    by_night = _found(page, {"runOnly": {"type": "rule", "values": _OF_COLOURS}})
    page.emulate_media(color_scheme="light")
    return by_day + by_night


def _found(page: Page, options: dict[str, object]) -> str:
    found = Axe().run(page, options=options | {"resultTypes": ["violations"]})  # else it describes what is right, too
    return found.generate_report() if found.violations_count else ""
