"""The board's pictures, from a month of five hundred requests played in a house of its own (`tests/journey/month`)."""

from pathlib import Path

from playwright.sync_api import Browser, Page, ViewportSize

from tests.journey.month.plan import END, make_plan
from tests.journey.month.play import Month
from tests.support.house import House

SIZES: dict[str, ViewportSize] = {"": {"width": 1280, "height": 860}, "-phone": {"width": 360, "height": 740}}
PROVINCE = 3
"""Whose sign-in link comes fourth."""
DAYS = f"from=2026-12-15&to={END:%Y-%m-%d}"
PAGES = {
    "supervisor": "/supervisor",
    "board": f"/supervisor/board?{DAYS}",
    "sheet": "/supervisor/sheet?month=2026-12",
    "auditor": "/supervisor/auditor",
}


def picture_the_month(house: House, chromium: Browser, folder: Path) -> None:
    """Each page at 1280 and at 360 (`…-phone`) pixels, as the province's supervisor sees it at the end of the month."""
    page = _signed_in(house, chromium)  # (a link is valid for minutes, the month takes longer)
    month = Month(house, make_plan())
    try:
        month.play()
    finally:
        month.close()
    for suffix, size in SIZES.items():
        page.set_viewport_size(size)
        for name, path in PAGES.items():
            page.goto(f"{house.address}{path}")
            page.wait_for_timeout(1500)
            page.screenshot(path=folder / f"{name}{suffix}.png", full_page=False)


def _signed_in(house: House, chromium: Browser) -> Page:
    page = chromium.new_context().new_page()
    page.goto(house.sign_in_links()[PROVINCE])
    page.locator("main form button").click()
    page.wait_for_url("**/supervisor")
    return page
