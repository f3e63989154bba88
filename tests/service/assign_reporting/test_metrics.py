"""`GET /api/v1/metrics`: one definition each, within one's territory."""

from datetime import timedelta
from typing import Any

import pytest

from services.assign.tickets.lifecycle import Action
from tests.support.assign import NEIGHBOUR, OPERATOR, SUPERVISOR, WEDNESDAY, World, member
from tests.support.assign_web import NEIGHBOUR_SUPERVISOR, PROVINCE_SUPERVISOR, Desk

HOUR = timedelta(hours=1)
DAY = {"from": "2026-11-25", "to": "2026-11-25"}


async def rows(desk: Desk, who: Any = PROVINCE_SUPERVISOR, **query: Any) -> dict[str | None, dict[str, Any]]:
    answer = await desk.get("/api/v1/metrics", who, **query)
    assert answer.status_code == 200, answer.text
    return {row["key"]: row for row in answer.json()["rows"]}


async def test_the_shape_is_as_promised(world: World, desk: Desk):
    answer = (await desk.get("/api/v1/metrics", PROVINCE_SUPERVISOR, **DAY, by="unit")).json()
    times = {"met": 0, "missed": 0, "mean_s": None, "median_s": None, "p90_s": None, "p95_s": None}
    counts = {"submitted": 0, "open": 0, "unrouted": 0, "reopened": 0, "offers": 0, "declined": 0}
    row = counts | {"response": times, "resolution": times, "rating_mean": None}
    assert answer == DAY | {"unit": "66", "rows": [{"key": "24133"} | row, {"key": "24121"} | row]}


async def test_an_answer_in_time_is_met_at_once_and_a_missing_one_missed_from_its_due_time(world: World, desk: Desk):
    await world.team("near", metres=100)
    answered, silent = await world.ask(), await world.ask()
    await world.at(WEDNESDAY + 0.5 * HOUR)
    await world.act(answered, Action.ACCEPTANCE, member("near"))
    response = (await rows(desk, **DAY))["24121"]["response"]
    assert (response["met"], response["missed"], response["mean_s"]) == (1, 0, pytest.approx(1800, abs=60))
    due_at = (await world.ticket(silent)).response_due
    await world.at(due_at - timedelta(minutes=1))
    assert (await rows(desk, **DAY))["24121"]["response"]["missed"] == 0
    await world.at(due_at)
    assert (await rows(desk, **DAY))["24121"]["response"]["missed"] == 1


async def test_an_answer_a_second_late_is_missed_and_its_time_counts(world: World, desk: Desk):
    await world.team("near", metres=100)
    code = await world.ask()
    await world.at((await world.ticket(code)).response_due + timedelta(seconds=1))
    await world.act(code, Action.ACCEPTANCE, member("near"))
    response = (await rows(desk, **DAY))["24121"]["response"]
    assert (response["met"], response["missed"]) == (0, 1)
    assert response["median_s"] == pytest.approx(7201, abs=5)


async def test_a_target_counts_on_the_day_on_which_it_falls_due(world: World, desk: Desk):
    await world.team("near", metres=100)
    await world.at(WEDNESDAY + 7 * HOUR)
    code = await world.ask()
    await world.act(code, Action.ACCEPTANCE, member("near"))
    by_day = await rows(desk, by="day", **{"from": "2026-11-25", "to": "2026-11-26"})
    assert [by_day[day]["response"]["met"] for day in ("2026-11-25", "2026-11-26")] == [0, 1]
    assert [by_day[day]["submitted"] for day in ("2026-11-25", "2026-11-26")] == [1, 0]


async def test_lunch_the_night_and_an_appointment_are_left_out_of_the_times(world: World, desk: Desk):
    await world.team("near", metres=100)
    code = await world.ask()
    await world.act(code, Action.ACCEPTANCE, member("near"))
    await world.at(WEDNESDAY + HOUR)
    await world.act(code, Action.WAITING, member("near"), reason="chiều", until=WEDNESDAY + 5 * HOUR)
    await world.at(WEDNESDAY + 6 * HOUR)
    await world.act(code, Action.RESOLUTION, member("near"), outcome="solved")
    row = (await rows(desk, **{"from": "2026-11-01", "to": "2026-12-31"}))["24121"]
    assert row["resolution"]["mean_s"] == pytest.approx(2 * 3600, abs=5)


async def test_a_paused_target_is_not_missed_while_it_waits(world: World, desk: Desk):
    await world.team("near", metres=100)
    code = await world.ask()
    await world.act(code, Action.ACCEPTANCE, member("near"))
    await world.act(code, Action.WAITING, member("near"), reason="khi có mạng", until=WEDNESDAY + timedelta(days=20))
    await world.at(WEDNESDAY + timedelta(days=10))
    assert (await rows(desk, **{"from": "2026-11-01", "to": "2026-12-31"}))["24121"]["resolution"]["missed"] == 0


async def test_cancelled_before_its_due_time_it_is_neither_met_nor_missed(world: World, desk: Desk):
    await world.team("near", metres=100)
    code = await world.ask()
    await world.act(code, Action.CANCELLATION, OPERATOR, reason="gọi nhầm")
    await world.at(WEDNESDAY + timedelta(days=10))
    row = (await rows(desk, **{"from": "2026-11-01", "to": "2026-12-31"}))["24121"]
    assert (row["submitted"], row["response"]["met"], row["response"]["missed"], row["open"]) == (1, 0, 0, 0)


async def test_cancelled_while_it_waited_it_is_neither_and_asked_for_again_its_clock_runs(world: World, desk: Desk):
    await world.team("near", metres=100)
    code = await world.ask()
    await world.act(code, Action.ACCEPTANCE, member("near"))
    due_at = (await world.ticket(code)).resolution_due
    await world.act(code, Action.WAITING, member("near"), reason="khi có mạng", until=WEDNESDAY + timedelta(days=20))
    await world.at(due_at + HOUR)
    await world.act(code, Action.CANCELLATION, OPERATOR, reason="thôi không cần")
    months = {"from": "2026-11-01", "to": "2027-01-31"}
    assert (await rows(desk, **months))["24121"]["resolution"]["missed"] == 0
    await world.submit(await world.request(code=code, add_to=True))
    again = await world.ticket(code)
    assert again.resolution_due > world.clock.now() and again.next_action == "resolution_warned"
    await world.at(again.resolution_due + HOUR)
    assert (await rows(desk, **months))["24121"]["resolution"]["missed"] == 1


async def test_open_is_what_nobody_had_finished_when_the_day_ended(world: World, desk: Desk):
    await world.team("near", metres=100)
    codes = [await world.ask() for _ in range(3)]
    for code in codes[:2]:
        await world.act(code, Action.ACCEPTANCE, member("near"))
    await world.act(codes[0], Action.RESOLUTION, member("near"), outcome="solved")
    await world.at(WEDNESDAY + timedelta(days=1))
    await world.act(codes[1], Action.RESOLUTION, member("near"), outcome="solved")
    await world.act(codes[0], Action.REOPENING, None, reason="vẫn lỗi")
    await world.at(WEDNESDAY + timedelta(days=2))
    by_day = await rows(desk, by="day", **{"from": "2026-11-24", "to": "2026-11-27"})
    assert [row["open"] for row in by_day.values()] == [0, 2, 2, 2]
    assert by_day["2026-11-26"]["reopened"] == 1
    assert (await rows(desk, **DAY))["24121"]["open"] == 2


async def test_offers_refusals_unrouted_and_stars_are_counted_when_they_happen(world: World, desk: Desk):
    await world.team("one", metres=100)
    await world.team("two", metres=900)
    code = await world.ask()
    await world.act(code, Action.REFUSAL, member("one"), reason="busy")
    await world.at(WEDNESDAY + timedelta(days=1))
    await world.act(code, Action.REFUSAL, member("two"), reason="busy")
    other = await world.ask(category="device")
    await world.act(other, Action.ACCEPTANCE, member("one"))
    await world.act(other, Action.RESOLUTION, member("one"), outcome="solved")
    await world.act(other, Action.RATING, None, stars=4)
    days = await rows(desk, by="day", **{"from": "2026-11-25", "to": "2026-11-26"})
    counted = [[row[name] for name in ("offers", "declined", "unrouted", "rating_mean")] for row in days.values()]
    assert counted == [[2, 1, 0, None], [1, 1, 1, 4.0]]
    teams = await rows(desk, by="team", **{"from": "2026-11-25", "to": "2026-11-26"})
    assert [(teams[team]["offers"], teams[team]["declined"]) for team in ("one", "two")] == [(2, 1), (1, 1)]
    assert teams[None]["unrouted"] == 1


async def test_the_communes_add_up_to_the_province(world: World, desk: Desk):
    await world.team("here", metres=100)
    await world.team("there", metres=10_000, commune=NEIGHBOUR)
    for number in range(7):
        code = await world.ask(
            commune=NEIGHBOUR if number % 3 == 0 else "24121@2025-07-01",
            category="payments" if number % 2 else "device",
        )
        [team] = await world.outcomes(code)
        if number % 4:
            await world.act(code, Action.ACCEPTANCE, member(team))
    units, kinds = await rows(desk, **DAY), await rows(desk, by="category", **DAY)
    for figure in ("submitted", "open", "offers", "declined", "unrouted"):
        assert sum(row[figure] for row in units.values()) == sum(row[figure] for row in kinds.values())
    assert sum(row["submitted"] for row in units.values()) == 7
    assert [units[unit]["submitted"] for unit in ("24121", "24133")] == [4, 3]
    one_commune = await rows(desk, unit="24133", by="channel", **DAY)
    assert one_commune["web"] | {"key": "24133"} == units["24133"]


async def test_what_lies_outside_ones_territory_does_not_exist(world: World, desk: Desk):
    assert (await desk.get("/api/v1/metrics", SUPERVISOR, unit="24133")).status_code == 404
    assert (await desk.get("/api/v1/metrics", SUPERVISOR, unit="66")).status_code == 404
    assert (await desk.get("/api/v1/metrics", PROVINCE_SUPERVISOR, unit="99999")).status_code == 404
    assert (await desk.get("/api/v1/metrics", member("near"))).status_code == 404
    assert (await desk.get("/api/v1/metrics")).status_code == 401
    assert (await desk.get("/api/v1/metrics", OPERATOR, unit="24133")).status_code == 200


async def test_a_supervisor_sees_the_own_commune_where_none_is_named(world: World, desk: Desk):
    await world.team("near", metres=100)
    await world.ask()
    own = (await desk.get("/api/v1/metrics", SUPERVISOR)).json()
    assert (own["unit"], [(row["key"], row["submitted"]) for row in own["rows"]]) == ("24121", [("24121", 1)])
    assert (own["from"], own["to"]) == ("2026-11-01", "2026-11-25")
    assert sum(row["submitted"] for row in (await rows(desk, NEIGHBOUR_SUPERVISOR)).values()) == 0


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"from": "2026-11-26", "to": "2026-11-25"}, "to"),
        ({"from": "2025-01-01", "to": "2026-11-25"}, "from"),
        ({"from": "hôm qua"}, "from"),
        ({"by": "weather"}, "by"),
    ],
)
async def test_days_that_make_no_period_are_refused(world: World, desk: Desk, query: dict[str, str], field: str):
    answer = await desk.get("/api/v1/metrics", PROVINCE_SUPERVISOR, **query)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)
