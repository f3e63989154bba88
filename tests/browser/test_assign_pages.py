"""The pages of members and supervisors in a real Chromium: for everyone, on a phone, by keyboard, without a script."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from services.assign.tickets.lifecycle import Action
from shared.identity import SESSION_COOKIE, Principal
from tests.browser.assign_served import Served, serve
from tests.support.assign import SUPERVISOR, World, member
from tests.support.readable import DESK, PHONE, complaints_on_all_screens
from tests.support.servers import PostgresServer

pytestmark = pytest.mark.browser
ME = member("mine").model_copy(update={"name": "H Nguyệt Ayŭn"})


@pytest.fixture
def assign(postgres: PostgresServer) -> Iterator[Served]:
    dsn = postgres.fresh_database("assign")
    with serve(dsn) as served:
        served.do(two_teams(served.world))
        yield served
    postgres.drop_database(dsn)


async def two_teams(world: World) -> None:
    await world.team("mine", metres=100, capacity=50)
    await world.team("other", metres=900)
    await world.team("gone", metres=2_000, reachable=False)


async def every_kind(world: World) -> list[str]:
    """One ticket in each state a member may meet, and one that needs a supervisor."""
    asked, accepted, waiting, reopened = [await world.ask(description="Quên mật khẩu VNeID") for _ in range(4)]
    for code in (accepted, waiting, reopened):
        await world.act(code, Action.ACCEPTANCE, ME)
    await world.act(waiting, Action.WAITING, ME, reason="chiều mai", until=world.clock.now() + timedelta(days=1))
    await world.act(reopened, Action.RESOLUTION, ME, outcome="solved")
    await world.act(reopened, Action.REOPENING, None, reason="vẫn chưa được")
    return [asked, accepted, waiting, reopened, await nobody_has_it(world)]


async def nobody_has_it(world: World) -> str:
    """A ticket that both teams declined."""
    code = await world.ask()
    for team in ("mine", "other"):
        if (await world.outcomes(code)).get(team) == "open":
            await world.act(code, Action.REFUSAL, member(team), reason="busy")
    if (await world.ticket(code)).status != "unrouted":
        await world.act(code, Action.REFUSAL, member("mine"), reason="busy")
    return code


def open_page(
    chromium: Browser,
    assign: Served,
    who: Principal,
    size: tuple[int, int] = PHONE,
    script: bool = True,
) -> Page:
    options = {"width": size[0], "height": size[1]}
    context = chromium.new_context(viewport=options, java_script_enabled=script)  # type: ignore[arg-type]
    context.add_cookies([{"name": SESSION_COOKIE, "value": assign.session(who), "url": assign.url}])
    return context.new_page()


def test_every_page_fits_its_screen_and_can_be_read_by_everyone(chromium: Browser, assign: Served):
    codes = assign.do(every_kind(assign.world))
    looks = [(ME, "/team"), (SUPERVISOR, "/supervisor"), (SUPERVISOR, f"/supervisor/tickets/{codes[3]}")]
    looks += [(SUPERVISOR, f"/supervisor/{page}") for page in ("figures?by=day", "calendar", "policies/payments")]
    for who, path in looks:
        page = open_page(chromium, assign, who)
        page.goto(assign.url + path)
        for opened in page.locator("main details > summary").all()[:6]:
            opened.click()
        assert complaints_on_all_screens(page) == "", path
        page.context.close()


@pytest.mark.parametrize("script", [True, False], ids=["with a script", "without"])
def test_a_member_accepts_meets_and_finishes_on_a_phone(chromium: Browser, assign: Served, script: bool):
    code = assign.do(assign.world.ask(requester_name="H’Bia Niê"))
    page = open_page(chromium, assign, ME, script=script)
    page.goto(assign.url + "/team")
    expect(page.get_by_text("0905 123 456")).to_have_count(0)
    page.get_by_role("button", name="Nhận việc").click()
    expect(page.get_by_role("link", name="Gọi H’Bia Niê")).to_have_attribute("href", "tel:+84905123456")
    word = assign.do(assign.world.ticket(code)).word
    expect(page.locator(".door strong")).to_have_text(word)
    page.get_by_role("button", name="Bắt đầu").click()
    page.locator("summary", has_text="Xong").first.click()
    page.get_by_label("Đã hướng dẫn").check()
    page.get_by_role("button", name="Báo đã xong").click()
    expect(page.get_by_role("status").filter(has_text="đã xong. Cảm ơn anh chị!")).to_be_visible()
    ticket = assign.do(assign.world.ticket(code))
    assert (ticket.status, ticket.outcome) == ("resolved", "advised")
    page.context.close()


def test_thumbs_are_large_enough_for_thumbs(chromium: Browser, assign: Served):
    assign.do(every_kind(assign.world))
    page = open_page(chromium, assign, ME)
    page.goto(assign.url + "/team")
    for target in page.locator("main .choices-row .button:visible, main .visit .button").all():
        box = target.bounding_box()
        assert box and box["height"] >= 56 and box["width"] >= 44
    page.context.close()


def test_by_keyboard_a_member_says_why_not(chromium: Browser, assign: Served):
    code = assign.do(assign.world.ask())
    page = open_page(chromium, assign, ME, DESK)
    page.goto(assign.url + "/team")
    page.get_by_role("button", name="Nhận việc").focus()
    for key in ("Tab", "Enter", "Tab", "Tab", "Enter"):
        page.keyboard.press(key)
    page.wait_for_url(re.compile("did=refusal"))
    assert assign.do(assign.world.outcomes(code)) == {"mine": "declined", "other": "open"}
    page.context.close()


def test_an_open_page_learns_of_new_work_but_takes_away_no_half_written_word(chromium: Browser, assign: Served):
    assign.do(assign.world.ask(description="Việc thứ nhất"))
    page = open_page(chromium, assign, ME)
    page.clock.install()
    page.goto(assign.url + "/team")
    page.locator("summary", has_text="Không nhận được").click()
    page.get_by_label("Nói thêm").fill("đang thu cà phê")
    assign.do(assign.world.ask(description="Việc thứ hai"))
    page.clock.run_for(25_000)
    assert page.get_by_label("Nói thêm").input_value() == "đang thu cà phê"
    expect(page.get_by_text("Việc thứ hai")).to_have_count(0)
    page.locator("summary", has_text="Không nhận được").click()
    page.locator("h1").click()
    page.clock.run_for(25_000)
    expect(page.get_by_text("Việc thứ hai")).to_be_visible()
    expect(page).to_have_title(re.compile(r"^\(2\)"))
    page.context.close()


@pytest.mark.parametrize("script", [True, False], ids=["with a script", "without"])
def test_a_supervisor_gives_what_nobody_has_to_a_team(chromium: Browser, assign: Served, script: bool):
    code = assign.do(nobody_has_it(assign.world))
    page = open_page(chromium, assign, SUPERVISOR, DESK, script=script)
    page.goto(assign.url + "/supervisor")
    need = page.locator("article", has=page.locator(f'a[href="/supervisor/tickets/{code}"]'))
    if script:
        need.locator("summary").click()
    else:
        need.get_by_role("link", name="Cả câu chuyện").last.click()
    page.get_by_label("Giao cho tổ").select_option("other")
    page.get_by_label("Lý do").first.fill("tổ hứa sẽ đến")
    page.get_by_role("button", name="Giao việc này").click()
    expect(page.get_by_role("status").filter(has_text="Đã giao")).to_be_visible()
    assert assign.do(assign.world.outcomes(code))["other"] == "open"
    page.context.close()
