"""Promise 3.2: policies of units with days of validity; tickets keep what they were promised unless one decides."""

import asyncio
from datetime import date, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from services.assign.policies.applying import Applying
from services.assign.tickets.lifecycle import Action
from tests.support.assign import NEIGHBOUR, SUPERVISOR, WEDNESDAY, World, member
from tests.support.assign_web import ADMINISTRATOR, NEIGHBOUR_SUPERVISOR, PROVINCE_SUPERVISOR, Desk

HOUR = 3600
PATH = "/api/v1/policies/payments"
QUICK = {"response_s": HOUR, "resolution_s": 8 * HOUR}
HOURS = timedelta(hours=1)
MOMENT = timedelta(seconds=10)
"""The clock runs while a test does."""


async def put(desk: Desk, who: Any, unit: str, body: dict[str, Any], path: str = PATH, **query: str) -> httpx.Response:
    return await desk.client.put(path, json=body, params={"unit": unit} | query, headers=desk.token(who))


async def response_s(world: World, commune: str = NEIGHBOUR, **facts: Any) -> float:
    return (await world.request(commune=commune, **facts)).promise.response_s


async def apply_all(world: World) -> None:
    applying = Applying(world.store, world.clock)
    while await applying.work():
        pass


async def test_a_units_policy_counts_for_it_and_all_below_and_the_nearest_wins(world: World, desk: Desk):
    assert await response_s(world) == 2 * HOUR
    assert (await put(desk, PROVINCE_SUPERVISOR, "66", QUICK)).status_code == 200
    assert await response_s(world) == HOUR
    await put(desk, NEIGHBOUR_SUPERVISOR, "24133", QUICK | {"response_s": HOUR / 2})
    assert await response_s(world) == HOUR / 2
    assert await response_s(world, "24121@2025-07-01") == HOUR
    shown = (await desk.get("/api/v1/policies", NEIGHBOUR_SUPERVISOR, unit="24133")).json()
    assert [(one["unit"], one["response_s"]) for one in shown if one["category"] == "payments"] == [
        ("vn", 2 * HOUR),
        ("66", HOUR),
        ("24133", HOUR / 2),
    ]


async def test_it_counts_from_its_day_on_and_no_longer_than_to_its_end(world: World, desk: Desk):
    week = {"valid_to": "2026-12-08"}
    await put(desk, PROVINCE_SUPERVISOR, "66", QUICK | week, valid_from="2026-12-01")
    for day, expected in ((date(2026, 11, 30), 2 * HOUR), (date(2026, 12, 1), HOUR), (date(2026, 12, 8), 2 * HOUR)):
        at = WEDNESDAY + (day - date(2026, 11, 25))
        assert await response_s(world, at=at) == expected, day


async def test_what_becomes_urgent_on_a_day_is_so_for_a_unit_with_hours_of_its_own(world: World, desk: Desk):
    hours = {"weekly": {"monday": ["07:00-11:00"], "wednesday": ["07:00-11:00"]}}
    await desk.client.put("/api/v1/units/66/calendar", json=hours, headers=desk.token(PROVINCE_SUPERVISOR))
    await put(desk, ADMINISTRATOR, "vn", QUICK | {"urgent": True}, valid_from="2026-12-01")
    before, after = [
        (await world.request(commune=NEIGHBOUR, at=WEDNESDAY + timedelta(days=days))).promise for days in (0, 10)
    ]
    assert (before.urgent, before.response_s) == (False, 2 * HOUR)
    assert (after.urgent, after.response_s) == (True, HOUR)
    assert after.response_due == WEDNESDAY + timedelta(days=10, seconds=HOUR), "round the clock"


async def test_two_changes_at_once_are_both_in_what_is_told(world: World, desk: Desk):
    hours = {"weekly": {"monday": ["07:00-11:00"], "wednesday": ["07:00-11:00"]}}
    calendar = desk.client.put("/api/v1/units/66/calendar", json=hours, headers=desk.token(PROVINCE_SUPERVISOR))
    await asyncio.gather(calendar, put(desk, ADMINISTRATOR, "vn", QUICK))
    async with world.store.read() as connection:
        statement = "select facts from toldpromise where category = 'payments' and unit like '66@%'"
        [facts] = (await connection.execute(text(statement))).scalars()
    assert facts["response_s"] == HOUR and facts["calendar"]["weekly"]["monday"] == ["07:00-11:00"]


async def test_taken_back_what_stands_above_counts_again(world: World, desk: Desk):
    await put(desk, NEIGHBOUR_SUPERVISOR, "24133", QUICK)
    answer = await desk.client.delete(PATH, params={"unit": "24133"}, headers=desk.token(NEIGHBOUR_SUPERVISOR))
    assert answer.status_code == 204
    assert await response_s(world) == 2 * HOUR
    country = await desk.client.delete(PATH, params={"unit": "vn"}, headers=desk.token(ADMINISTRATOR))
    assert country.status_code == 404, "something must be promised"


@pytest.mark.parametrize("way", ["program", "page"])
async def test_what_is_taken_back_asks_what_becomes_of_open_tickets(world: World, desk: Desk, way: str):
    await world.team("near", metres=100)
    await put(desk, ADMINISTRATOR, "24121", QUICK)
    code = await world.ask()
    assert abs((await world.ticket(code)).response_due - WEDNESDAY - HOURS) < MOMENT

    async def take_back(**said: str) -> httpx.Response:
        if way == "page":
            typed = {"response": "1", "resolution": "8", "do": "remove"}
            return await desk.send("/supervisor/policies/payments", SUPERVISOR, typed | said)
        token = desk.token(SUPERVISOR)
        return await desk.client.delete(PATH, params={"unit": "24121"} | said, headers=token)

    asked = await take_back()
    assert asked.status_code == 409
    assert way == "program" or '<input type="hidden" name="do" value="remove">' in asked.text
    assert (await take_back(open_tickets="apply")).status_code in (204, 303)
    await apply_all(world)
    assert abs((await world.ticket(code)).response_due - WEDNESDAY - 2 * HOURS) < MOMENT


async def test_what_the_country_takes_back_asks_too(world: World, desk: Desk):
    await world.team("near", metres=100)
    await put(desk, ADMINISTRATOR, "vn", QUICK, valid_from="2026-11-25")
    await world.ask()
    taken = {"unit": "vn", "valid_from": "2026-11-25"}
    asked = await desk.client.delete(PATH, params=taken, headers=desk.token(ADMINISTRATOR))
    assert (asked.status_code, asked.json()["open_tickets"]) == (409, 1)
    kept = await desk.client.delete(PATH, params=taken | {"open_tickets": "keep"}, headers=desk.token(ADMINISTRATOR))
    assert kept.status_code == 204
    assert await response_s(world) == 2 * HOUR


async def test_a_policy_is_its_own_units_alone(world: World, desk: Desk):
    for unit in ("24121", "66", "vn"):
        assert (await put(desk, NEIGHBOUR_SUPERVISOR, unit, QUICK)).status_code == 404
    assert (await put(desk, NEIGHBOUR_SUPERVISOR, "24133", QUICK, "/api/v1/policies/nothing")).status_code == 404


async def test_what_cannot_be_promised_is_refused_at_its_field(world: World, desk: Desk):
    wrong = {
        "resolution_s": QUICK | {"resolution_s": 60},
        "response_s": QUICK | {"response_s": 0},
        "valid_to": QUICK | {"valid_to": "0001-01-01"},
        "steps.warned": QUICK | {"steps": {"warned": -1}},
        "first_teams": QUICK | {"first_teams": 0},
    }
    for field, body in wrong.items():
        answer = await put(desk, NEIGHBOUR_SUPERVISOR, "24133", body)
        assert answer.status_code == 422, field
        assert field in {error["field"] for error in answer.json()["errors"]}, answer.text


async def test_an_edit_says_how_many_open_tickets_it_would_touch_and_asks(world: World, desk: Desk):
    await world.team("near", metres=100)
    codes = [await world.ask() for _ in range(3)]
    await world.act(codes[0], Action.CANCELLATION, None, reason="thôi")
    await world.ask(category="device")
    shown = (await put(desk, PROVINCE_SUPERVISOR, "66", QUICK, preview="true")).json()
    assert shown["open_tickets"] == 2
    asked = await put(desk, PROVINCE_SUPERVISOR, "66", QUICK)
    assert (asked.status_code, asked.json()["open_tickets"]) == (409, 2)
    assert await response_s(world) == 2 * HOUR, "nothing is kept before somebody said what then"
    later = await put(desk, PROVINCE_SUPERVISOR, "66", QUICK, preview="true", valid_from="2026-12-01")
    assert later.json()["open_tickets"] == 0, "what begins later touches nobody"


async def test_what_does_not_count_today_touches_nobody(world: World, desk: Desk):
    """Over already, or long replaced by a later one: nothing of it would reach a ticket."""
    await world.team("there", metres=100, commune=NEIGHBOUR)
    await world.ask(commune=NEIGHBOUR)
    over = await put(desk, PROVINCE_SUPERVISOR, "66", QUICK | {"valid_to": "2026-11-25"}, preview="true")
    assert over.json()["open_tickets"] == 0
    await put(desk, PROVINCE_SUPERVISOR, "66", QUICK, valid_from="2026-11-01", open_tickets="keep")
    replaced = await put(desk, PROVINCE_SUPERVISOR, "66", QUICK, valid_from="2026-10-01", preview="true")
    assert replaced.json()["open_tickets"] == 0
    again = await put(desk, PROVINCE_SUPERVISOR, "66", QUICK, valid_from="2026-11-02", preview="true")
    assert again.json()["open_tickets"] == 1


async def test_a_day_that_is_none_is_refused_and_never_counts_as_ever(world: World, desk: Desk):
    typed = {"response": "1,5", "resolution": "8", "valid_from": "01/12/2026"}
    for what in ("keep", "remove"):
        sent = await desk.send("/supervisor/policies/payments", NEIGHBOUR_SUPERVISOR, typed | {"do": what})
        assert sent.status_code == 422 and "Đây không phải là ngày" in sent.text
    assert await response_s(world) == 2 * HOUR


async def test_a_unit_below_with_a_policy_of_its_own_is_not_touched(world: World, desk: Desk):
    await world.team("near", metres=100)
    await world.ask()
    await put(desk, ADMINISTRATOR, "24121", QUICK, open_tickets="keep")
    assert (await put(desk, PROVINCE_SUPERVISOR, "66", QUICK, preview="true")).json()["open_tickets"] == 0


@pytest.mark.parametrize(
    ("ends", "begins"), [({}, {"valid_from": "2027-01-01"}), ({"valid_to": "2026-11-25"}, {})], ids=["to come", "over"]
)
async def test_a_unit_below_whose_own_policy_does_not_count_today_is_touched(
    world: World, desk: Desk, ends: dict[str, str], begins: dict[str, str]
):
    await world.team("near", metres=100)
    code = await world.ask()
    own = QUICK | {"response_s": 3 * HOUR} | ends
    await put(desk, ADMINISTRATOR, "24121", own, open_tickets="keep", **begins)
    assert (await put(desk, PROVINCE_SUPERVISOR, "66", QUICK, preview="true")).json()["open_tickets"] == 1
    await put(desk, PROVINCE_SUPERVISOR, "66", QUICK, open_tickets="apply")
    await apply_all(world)
    assert (await world.ticket(code)).policy["response_s"] == HOUR


async def test_open_tickets_keep_what_they_were_promised(world: World, desk: Desk):
    await world.team("near", metres=100)
    code = await world.ask()
    before = await world.ticket(code)
    await put(desk, PROVINCE_SUPERVISOR, "66", QUICK, open_tickets="keep")
    await apply_all(world)
    after = await world.ticket(code)
    assert (after.policy, after.response_due, after.version) == (before.policy, before.response_due, before.version)


async def test_told_to_they_are_counted_anew_with_their_pauses(world: World, desk: Desk):
    await world.team("near", metres=100)
    code = await world.ask()
    await world.act(code, Action.ACCEPTANCE, member("near"))
    await world.at(WEDNESDAY + HOURS)
    await world.act(code, Action.WAITING, member("near"), reason="chiều", until=WEDNESDAY + 1.5 * HOURS)
    await world.at(WEDNESDAY + 1.5 * HOURS)
    await put(desk, PROVINCE_SUPERVISOR, "66", {"response_s": HOUR, "resolution_s": 4 * HOUR}, open_tickets="apply")
    await apply_all(world)
    ticket = await world.ticket(code)
    # 09:00 + 4 working hours + 30 minutes paused, over lunch
    assert abs(ticket.resolution_due - (WEDNESDAY + 6 * HOURS)) < MOMENT
    assert abs(ticket.response_due - (WEDNESDAY + 2 * HOURS)) < MOMENT, (
        "a clock that is met keeps what it was judged by"
    )
    assert (await world.told(code))[-1] == "tickets.repromised"


async def test_a_breach_that_is_none_any_more_is_taken_back_and_its_steps_are_done_again(world: World, desk: Desk):
    await world.team("near", metres=100)
    code = await world.ask()
    due = (await world.ticket(code)).response_due
    await world.at(due + timedelta(minutes=1))
    assert (await world.ticket(code)).response_breached_at == due
    longer = {"response_s": 8 * HOUR, "resolution_s": 24 * HOUR}
    await put(desk, PROVINCE_SUPERVISOR, "66", longer, open_tickets="apply")
    await apply_all(world)
    ticket = await world.ticket(code)
    assert ticket.response_breached_at is None and not any(name.startswith("response") for name in ticket.marks)
    await world.at(ticket.response_due + timedelta(seconds=1))
    assert (await world.ticket(code)).response_breached_at == ticket.response_due


async def test_what_waits_is_judged_by_the_new_promise_as_well(world: World, desk: Desk):
    """It waited when its old target was past; by the new one it is not."""
    await world.team("near", metres=100)
    code = await world.ask()
    await world.act(code, Action.ACCEPTANCE, member("near"))
    await world.at(WEDNESDAY + timedelta(days=7))
    await world.act(code, Action.WAITING, member("near"), reason="hẹn tuần sau")
    breached = await world.ticket(code)
    assert breached.resolution_breached_at and breached.resolution_due < world.clock.now()
    await put(desk, PROVINCE_SUPERVISOR, "66", QUICK | {"resolution_s": 20 * 8 * HOUR}, open_tickets="apply")
    await apply_all(world)
    anew = await world.ticket(code)
    assert anew.resolution_breached_at is None and anew.resolution_due > world.clock.now()
    row = (await desk.get("/api/v1/metrics", PROVINCE_SUPERVISOR, **{"from": "2026-11-25", "to": "2027-01-31"})).json()
    assert sum(unit["resolution"]["missed"] for unit in row["rows"]) == 0


async def test_many_open_tickets_are_reached_batch_by_batch(world: World, desk: Desk, monkeypatch: Any):
    monkeypatch.setattr("services.assign.policies.applying.BATCH", 3)
    await world.team("near", metres=100, capacity=50)
    codes = [await world.ask() for _ in range(8)]
    await put(desk, PROVINCE_SUPERVISOR, "66", QUICK, open_tickets="apply")
    await apply_all(world)
    assert {(await world.ticket(code)).policy["response_s"] for code in codes} == {HOUR}
    async with world.store.read() as connection:
        assert await connection.scalar(text("select count(*) from policyapplication")) == 0


async def test_distances_capacity_and_widening_are_of_the_policy_too(world: World, desk: Desk):
    await world.team("near", metres=100, accepted=2)
    await world.team("far", metres=600)
    body = QUICK | {"most_held": 2, "widen_s": 60, "first_teams": 1}
    await put(desk, PROVINCE_SUPERVISOR, "66", body, open_tickets="keep")
    code = await world.ask()
    assert await world.outcomes(code) == {"far": "open"}, "the near one holds two already"
    await put(desk, PROVINCE_SUPERVISOR, "66", QUICK | {"accepted_m": 0}, open_tickets="keep")
    assert await world.outcomes(await world.ask()) == {"near": "open"}


async def test_steps_of_escalation_are_of_the_policy_too(world: World, desk: Desk):
    await world.team("near", metres=100)
    await put(desk, PROVINCE_SUPERVISOR, "66", QUICK | {"steps": {"province": 0.5}})
    code = await world.ask()
    half = (await world.ticket(code)).submitted_at + 0.5 * HOURS
    await world.at(half - MOMENT)
    assert "response_province" not in (await world.ticket(code)).marks
    await world.at(half)
    assert "response_province" in (await world.ticket(code)).marks
    assert (await world.told(code))[-1] == "tickets.escalated"


async def test_the_page_shows_changes_and_asks(world: World, desk: Desk):
    page = await desk.page("/supervisor/policies", NEIGHBOUR_SUPERVISOR)
    assert page.status_code == 200 and "Cấp trên" in page.text and "0,5 giờ" in page.text
    form = await desk.page("/supervisor/policies/payments", NEIGHBOUR_SUPERVISOR)
    assert 'name="response" type="text" value="2"' in form.text
    await world.team("there", metres=100, commune=NEIGHBOUR)
    await world.ask(commune=NEIGHBOUR)
    typed = {"response": "1,5", "resolution": "8", "do": "keep"}
    asks = await desk.send("/supervisor/policies/payments", NEIGHBOUR_SUPERVISOR, typed)
    assert asks.status_code == 409 and "Có 1 yêu cầu đang mở" in asks.text
    kept = await desk.send("/supervisor/policies/payments", NEIGHBOUR_SUPERVISOR, typed | {"open_tickets": "keep"})
    assert kept.status_code == 303
    assert await response_s(world) == 1.5 * HOUR
    wrong = await desk.send("/supervisor/policies/payments", NEIGHBOUR_SUPERVISOR, typed | {"response": "hai"})
    assert wrong.status_code == 422 and "Đây không phải là số" in wrong.text and 'value="hai"' in wrong.text
