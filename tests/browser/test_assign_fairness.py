"""`/supervisor/fairness` in a real Chromium: fits a phone and a desk, read by everyone, without a script."""

import pytest
from playwright.sync_api import Browser

from tests.browser.assign_served import serve
from tests.browser.test_assign_pages import open_page
from tests.service.assign_fairness.test_page import was_asked
from tests.support.assign import COMMUNE, NEIGHBOUR, SUPERVISOR, World
from tests.support.assign_web import PROVINCE_SUPERVISOR
from tests.support.readable import complaints_on_all_screens
from tests.support.servers import PostgresServer

pytestmark = pytest.mark.browser


async def a_month(world: World) -> None:
    """Teams of two communes; in one of them somebody takes on twice as much."""
    for number, accepted in enumerate((7, 8, 9, 12)):
        for commune in (COMMUNE, NEIGHBOUR):
            team = f"{commune[:5]}-{number}"
            await world.team(team, metres=100, commune=commune)
            await was_asked(world, team, times=13, accepted=accepted if commune == COMMUNE else 9, demand=13)


def test_it_fits_its_screen_and_can_be_read_by_everyone(chromium: Browser, postgres: PostgresServer):
    dsn = postgres.fresh_database("assign")
    with serve(dsn) as served:
        served.do(a_month(served.world))
        for who in (SUPERVISOR, PROVINCE_SUPERVISOR):
            page = open_page(chromium, served, who)
            page.goto(served.url + "/supervisor/fairness")
            for counted in page.locator("main details > summary").all():
                counted.click()
            assert complaints_on_all_screens(page) == ""
            page.context.close()
    postgres.drop_database(dsn)
