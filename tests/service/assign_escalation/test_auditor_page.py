"""`/supervisor/auditor`: for anyone on duty; what lies outside one's territory is a number."""

from datetime import timedelta
from html import unescape

import pytest

from services.assign.escalation.auditor import Auditor
from shared.clock import Clock
from shared.identity import Principal
from tests.support.assign import COMMUNE, NEIGHBOUR, OPERATOR, SUPERVISOR, World, member
from tests.support.assign_web import ADMINISTRATOR, NEIGHBOUR_SUPERVISOR, PROVINCE_SUPERVISOR, Desk

PATH = "/supervisor/auditor"


@pytest.fixture
def auditor(world: World, desk: Desk) -> Auditor:
    """The one that the page asks, over the world's store."""
    desk.service.app.state.auditor = Auditor(world.store, world.clock)
    return desk.service.app.state.auditor


async def shown(desk: Desk, who: Principal = SUPERVISOR, path: str = PATH) -> str:
    answer = await desk.page(path, who)
    assert answer.status_code == 200, answer.text
    return unescape(answer.text)


async def test_anyone_on_duty_sees_it_and_nobody_else(world: World, desk: Desk, auditor: Auditor):
    await auditor.work()
    for who in (SUPERVISOR, PROVINCE_SUPERVISOR, OPERATOR, ADMINISTRATOR):
        assert "Không yêu cầu nào bị bỏ quên" in await shown(desk, who)
    assert (await desk.page(PATH, member("mine"))).status_code == 404
    stranger = await desk.page(PATH, None)
    assert (stranger.status_code, stranger.headers["location"]) == (303, "/sign-in")


async def test_supervisors_find_it_in_their_menu(world: World, desk: Desk, auditor: Auditor):
    assert f'href="{PATH}"' in await shown(desk, path="/supervisor")


async def test_all_is_well_in_plain_words(world: World, desk: Desk, auditor: Auditor):
    await world.team("near", metres=100)
    await world.ask()
    await auditor.work()
    page = await shown(desk)
    assert "Cả 1 yêu cầu chưa khép lại đều có việc tiếp theo" in page
    assert "Hỏi thêm một tổ" in page
    assert "All 1 requests that are not closed have a next action" in await shown(desk, path=PATH + "?lang=en")


async def test_codes_are_shown_within_one_s_territory_and_others_as_a_number(
    world: World, desk: Desk, auditor: Auditor
):
    await world.team("near", metres=100)
    await world.team("there", metres=10_000, commune=NEIGHBOUR)
    here, there = await world.ask(commune=COMMUNE), await world.ask(commune=NEIGHBOUR)
    world.clock.set_now(world.clock.now() + timedelta(hours=1))  # and no cycle runs
    await auditor.work()
    mine, theirs = f"/supervisor/tickets/{here}", f"/supervisor/tickets/{there}"
    for who, sees, hidden in ((SUPERVISOR, mine, theirs), (NEIGHBOUR_SUPERVISOR, theirs, mine)):
        page = await shown(desk, who)
        assert sees in page and hidden not in page
        assert "Và 1 yêu cầu ở nơi khác" in page
        assert "2 việc đã đến giờ mà chưa làm" in page
    page = await shown(desk, PROVINCE_SUPERVISOR)
    assert mine in page and theirs in page and "ở nơi khác" not in page
    assert mine not in await shown(desk, OPERATOR), "an operator has no page to go to"


async def test_before_the_first_look_it_says_so(world: World, desk: Desk, auditor: Auditor):
    assert "Chưa xem lại lần nào" in await shown(desk)


async def test_a_stalled_auditor_is_said_in_red_and_to_programs(
    world: World, desk: Desk, auditor: Auditor, monkeypatch: pytest.MonkeyPatch
):
    await auditor.work()
    looked = auditor.finding
    assert looked is not None
    later = looked.checked_at + timedelta(minutes=4)
    monkeypatch.setattr(Clock, "wall", lambda: later)
    page = await shown(desk)
    assert "Hệ thống ngừng tự xem lại" in page and "Không yêu cầu nào bị bỏ quên" not in page
    assert 'class="notice danger"' in page


async def test_monitoring_sees_when_it_looked_last(world: World, desk: Desk, auditor: Auditor):
    await auditor.work()
    answer = await desk.get("/metrics")
    (line,) = [line for line in answer.text.splitlines() if line.startswith("caunoi_auditor_last_seen ")]
    assert float(line.split()[1]) == pytest.approx(Clock.wall().timestamp(), abs=60)
