"""Promise 3.1: a unit sets its hours; others are told; nothing is kept before it was seen; tickets keep theirs."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from services.assign.calendars.horizon import Horizon
from tests.support.assign import WEDNESDAY, World
from tests.support.assign_web import ADMINISTRATOR, NEIGHBOUR_SUPERVISOR, PROVINCE_SUPERVISOR, Desk

COMMUNE = "/api/v1/units/24133/calendar"
WEEK = {day: ["07:00-11:00", "13:30-16:30"] for day in ("monday", "tuesday", "wednesday", "thursday", "friday")}
DUTIES = 10
LOCAL = {"saturday": ["08:00-10:00"]} | WEEK


async def put(desk: Desk, who: Any, body: dict[str, Any], path: str = COMMUNE, **query: str) -> Any:
    return await desk.client.put(path, json=body, params=query, headers=desk.token(who))


async def promises_told(world: World) -> list[dict[str, Any]]:
    """Of units and of the country, since the beginning, without those of the start."""
    async with world.store.read() as connection:
        found = await connection.execute(
            text(
                "select convert_from(body, 'UTF8')::jsonb from outbox"
                " where subject like 'places.promise_changed.%' order by position"
            )
        )
        return [body for (body,) in found if body["revision"] >= 1000 + DUTIES]


async def test_who_said_nothing_keeps_office_hours_and_sees_why_each_day_is_so(world: World, desk: Desk):
    shown = (await desk.get(COMMUNE, NEIGHBOUR_SUPERVISOR, days=40)).json()
    assert (shown["is_own"], shown["from_unit"]) == (False, None)
    assert shown["weekly"]["monday"] == ["07:30-11:30", "13:00-17:00"] and shown["weekly"]["sunday"] == []
    by_day = {day["date"]: (day["hours"], day["kind"], day["why"]) for day in shown["days"]}
    assert len(by_day) == 40
    assert by_day["2026-11-28"] == ([], "weekly", "")
    assert by_day["2027-01-01"] == ([], "holiday", "Tết Dương lịch")


async def test_a_preview_keeps_nothing(world: World, desk: Desk):
    shown = (await put(desk, NEIGHBOUR_SUPERVISOR, {"weekly": LOCAL}, preview="true")).json()
    assert {day["date"]: day["hours"] for day in shown["days"]}["2026-11-28"] == ["08:00-10:00"]
    assert (await desk.get(COMMUNE, NEIGHBOUR_SUPERVISOR)).json()["is_own"] is False
    assert await promises_told(world) == []


async def test_what_a_unit_sets_is_told_for_each_category_but_urgent_ones(world: World, desk: Desk):
    body = {"weekly": LOCAL, "closed": [{"date": "2026-12-24", "why": "Hội xã"}], "worked": []}
    assert (await put(desk, NEIGHBOUR_SUPERVISOR, body)).status_code == 200
    shown = (await desk.get(COMMUNE, NEIGHBOUR_SUPERVISOR)).json()
    assert (shown["is_own"], shown["from_unit"]) == (True, "24133")
    told = await promises_told(world)
    assert {event["unit"] for event in told} == {"24133@2025-07-01"}
    assert len({event["category"] for event in told}) == 9
    assert "scam_safety" not in {event["category"] for event in told}
    assert "2026-12-24" in told[0]["calendar"]["closed"] and "2027-01-01" in told[0]["calendar"]["closed"]
    assert told[0]["calendar"]["weekly"]["saturday"] == ["08:00-10:00"]


async def test_each_change_has_a_greater_revision_and_what_is_no_change_is_not_told(world: World, desk: Desk):
    for weekly in (LOCAL, LOCAL, WEEK):
        await put(desk, NEIGHBOUR_SUPERVISOR, {"weekly": weekly})
    revisions = [event["revision"] for event in await promises_told(world) if event["category"] == "payments"]
    assert revisions == sorted(set(revisions)) and len(revisions) == 2


async def test_a_commune_follows_its_province_until_it_says_otherwise(world: World, desk: Desk):
    await put(desk, PROVINCE_SUPERVISOR, {"weekly": WEEK}, "/api/v1/units/66/calendar")
    assert (await desk.get(COMMUNE, NEIGHBOUR_SUPERVISOR)).json()["from_unit"] == "66"
    await put(desk, NEIGHBOUR_SUPERVISOR, {"weekly": LOCAL})
    assert (await desk.get(COMMUNE, NEIGHBOUR_SUPERVISOR)).json()["from_unit"] == "24133"
    answer = await desk.client.delete(COMMUNE, headers=desk.token(NEIGHBOUR_SUPERVISOR))
    assert answer.status_code == 204
    assert (await desk.get(COMMUNE, NEIGHBOUR_SUPERVISOR)).json()["from_unit"] == "66"
    assert [event["retired"] for event in await promises_told(world)][-9:] == [True] * 9


async def test_the_country_s_calendar_is_an_administrator_s(world: World, desk: Desk):
    path = "/api/v1/units/vn/calendar"
    assert (await put(desk, PROVINCE_SUPERVISOR, {"weekly": WEEK}, path)).status_code == 404
    assert (await put(desk, ADMINISTRATOR, {"weekly": WEEK}, path)).status_code == 200
    assert {event["unit"] for event in await promises_told(world)} == {None}


async def test_another_commune_s_calendar_does_not_exist(world: World, desk: Desk):
    elsewhere = "/api/v1/units/24121/calendar"
    assert (await desk.get(elsewhere, NEIGHBOUR_SUPERVISOR)).status_code == 404
    assert (await put(desk, NEIGHBOUR_SUPERVISOR, {"weekly": WEEK}, elsewhere)).status_code == 404
    assert (await put(desk, NEIGHBOUR_SUPERVISOR, {"weekly": WEEK}, "/api/v1/units/66/calendar")).status_code == 404


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"weekly": {}}, "weekly"),
        ({"weekly": {"monday": ["11:30-07:30"]}}, "weekly"),
        ({"weekly": {"monday": ["25:00-26:00"]}}, "weekly"),
        ({"weekly": {"monday": ["7h"]}}, "weekly.monday.0"),
        ({"weekly": WEEK, "closed": [{"date": "2026-12-24"}], "worked": [{"date": "2026-12-24"}]}, "closed"),
        ({"weekly": WEEK, "closed": [{"date": "hôm nay"}]}, "closed.0.date"),
    ],
)
async def test_what_makes_no_calendar_is_refused_at_its_field(
    world: World, desk: Desk, body: dict[str, Any], field: str
):
    answer = await put(desk, NEIGHBOUR_SUPERVISOR, body)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert await promises_told(world) == []


async def test_a_ticket_keeps_the_calendar_it_was_promised_by(world: World, desk: Desk):
    await world.team("near", metres=100)
    code = await world.ask()
    before = await world.ticket(code)
    await put(desk, PROVINCE_SUPERVISOR, {"weekly": {"sunday": ["08:00-09:00"]}}, "/api/v1/units/66/calendar")
    await world.at(WEDNESDAY + timedelta(minutes=10))
    after = await world.ticket(code)
    assert (after.policy, after.response_due) == (before.policy, before.response_due)


async def test_at_the_turn_of_the_year_calendars_learn_the_holidays_of_one_year_more(world: World, desk: Desk):
    await put(desk, NEIGHBOUR_SUPERVISOR, {"weekly": LOCAL})
    horizon = Horizon(world.store, world.clock)
    assert await horizon.work() == datetime(2026, 12, 31, 17, tzinfo=UTC)
    before = len(await promises_told(world))
    world.clock.set_now(datetime(2026, 12, 31, 17, tzinfo=UTC))
    await horizon.work()
    told = (await promises_told(world))[before:]
    assert {event["unit"] for event in told} == {None, "24133@2025-07-01"}
    assert all("2029-09-02" in event["calendar"]["closed"] for event in told)
    await horizon.work()
    assert len(await promises_told(world)) == before + len(told), "once a year is enough"


async def test_the_page_shows_what_would_be_before_it_is_kept(world: World, desk: Desk):
    page = await desk.page("/supervisor/calendar", NEIGHBOUR_SUPERVISOR)
    assert page.status_code == 200
    assert "07:30-11:30, 13:00-17:00" in page.text and "Xem trước 30 ngày" in page.text
    typed = {"monday": "8h-10h", "closed": "30/11/2026 Hội xã", "keeps_holidays": "yes"}
    shown = await desk.send("/supervisor/calendar", NEIGHBOUR_SUPERVISOR, typed | {"do": "preview"})
    assert "chưa lưu" in shown.text and "Nghỉ thêm: Hội xã" in shown.text
    assert (await desk.get(COMMUNE, NEIGHBOUR_SUPERVISOR)).json()["is_own"] is False
    kept = await desk.send("/supervisor/calendar", NEIGHBOUR_SUPERVISOR, typed | {"do": "keep"})
    assert kept.status_code == 303
    assert (await desk.get(COMMUNE, NEIGHBOUR_SUPERVISOR)).json()["weekly"]["monday"] == ["08:00-10:00"]
    await desk.send("/supervisor/calendar", NEIGHBOUR_SUPERVISOR, {"do": "follow"})
    assert (await desk.get(COMMUNE, NEIGHBOUR_SUPERVISOR)).json()["is_own"] is False


async def test_the_page_says_what_is_wrong_beside_its_field_and_keeps_what_was_typed(world: World, desk: Desk):
    answer = await desk.send("/supervisor/calendar", NEIGHBOUR_SUPERVISOR, {"monday": "sáng", "do": "keep"})
    assert answer.status_code == 422
    assert 'value="sáng"' in answer.text and "Giờ chưa đúng" in answer.text
    empty = await desk.send("/supervisor/calendar", NEIGHBOUR_SUPERVISOR, {"do": "keep"})
    assert "không có giờ làm nào" in empty.text


async def test_a_stranger_is_asked_to_sign_in_and_another_site_is_refused(world: World, desk: Desk):
    assert (await desk.page("/supervisor/calendar")).status_code == 303
    cross = {"sec-fetch-site": "cross-site"}
    refused = await desk.send("/supervisor/calendar", NEIGHBOUR_SUPERVISOR, {"do": "follow"}, **cross)
    assert refused.status_code == 403


async def test_who_works_on_saturdays_has_the_holiday_and_no_day_in_lieu_of_it(world: World, desk: Desk):
    world.clock.set_now(datetime(2027, 4, 20, 2, tzinfo=UTC))
    await put(desk, NEIGHBOUR_SUPERVISOR, {"weekly": LOCAL})
    shown = (await desk.get(COMMUNE, NEIGHBOUR_SUPERVISOR)).json()
    theirs = {day["date"]: (day["hours"], day["kind"]) for day in shown["days"]}
    assert theirs["2027-05-01"] == ([], "holiday"), "a Saturday"
    assert theirs["2027-05-03"] == (WEEK["monday"], "weekly")
    await desk.client.delete(COMMUNE, headers=desk.token(NEIGHBOUR_SUPERVISOR))
    days = (await desk.get(COMMUNE, NEIGHBOUR_SUPERVISOR)).json()["days"]
    assert next(day for day in days if day["date"] == "2027-05-03")["hours"] == []
