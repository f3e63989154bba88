"""`GET /api/v1/teams/nearest`: whom a place would be put before, and why; nothing is taken."""

from tests.support.assign import CENTRE, NEIGHBOUR, OPERATOR, SUPERVISOR, World, member
from tests.support.assign_web import Desk

HERE = {"lat": CENTRE[0], "lon": CENTRE[1], "category": "payments"}


async def test_the_nearest_teams_are_named_with_metres_load_and_why(world: World, desk: Desk):
    await world.team("full", metres=100, commune=NEIGHBOUR, accepted=5)
    await world.team("near", metres=300, commune=NEIGHBOUR, open_offers=1)
    await world.team("next", metres=2_000, commune=NEIGHBOUR)
    await world.team("far", metres=20_000)
    found = (await desk.get("/api/v1/teams/nearest", OPERATOR, **HERE)).json()
    assert [(team["team"], team["why"], team["open"]) for team in found] == [
        ("full", "full", 5),
        ("near", "chosen", 0.5),
        ("next", "farther", 0),
        ("far", "too_far", 0),
    ]
    assert [round(team["metres"], -1) for team in found] == [100, 300, 2_000, 20_000]


async def test_what_cannot_wait_would_go_to_three(world: World, desk: Desk):
    for number in range(5):
        await world.team(f"t{number}", metres=100 * (number + 1))
    found = (await desk.get("/api/v1/teams/nearest", SUPERVISOR, **HERE | {"category": "scam_safety"})).json()
    assert [team["why"] for team in found] == ["chosen", "chosen", "chosen", "farther", "farther"]


async def test_asking_takes_no_place(world: World, desk: Desk):
    await world.team("near", metres=300, commune=NEIGHBOUR)
    await desk.get("/api/v1/teams/nearest", OPERATOR, **HERE)
    team = await world.team_now("near")
    assert (team.open_offers, team.last_offer_at) == (0, None)


async def test_only_staff_who_look_over_several_teams_may_ask(world: World, desk: Desk):
    await world.team("near")
    assert (await desk.get("/api/v1/teams/nearest", member("near"), **HERE)).status_code == 404
    assert (await desk.get("/api/v1/teams/nearest", **HERE)).status_code == 401


async def test_half_a_place_and_an_unknown_duty_are_refused(world: World, desk: Desk):
    half = await desk.get("/api/v1/teams/nearest", OPERATOR, lat=12.0)
    assert (half.status_code, half.json()["errors"][0]["field"]) == (422, "lon")
    unknown = await desk.get("/api/v1/teams/nearest", OPERATOR, **HERE | {"category": "nấu ăn"})
    assert (unknown.status_code, unknown.json()["errors"][0]["field"]) == (422, "category")
