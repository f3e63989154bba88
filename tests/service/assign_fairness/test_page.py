"""`/supervisor/fairness`: how the work spread among teams that stand alike, in words, with how it is counted."""

from datetime import datetime, timedelta
from html import unescape

import pytest
from sqlalchemy import text

from services.assign.offers.store import add_demand
from services.assign.reporting.fairness.store import WORKS
from services.assign.tickets.lifecycle import Action
from tests.support.assign import COMMUNE, NEIGHBOUR, SUPERVISOR, WEDNESDAY, World, member
from tests.support.assign_web import NEIGHBOUR_SUPERVISOR, PROVINCE_SUPERVISOR, Desk

PATH = "/supervisor/fairness"


async def shown(desk: Desk, path: str = PATH, who: object = SUPERVISOR) -> str:
    answer = await desk.page(path, who)  # pyright: ignore[reportArgumentType]
    assert answer.status_code == 200, answer.text
    return " ".join(unescape(answer.text).split())


async def was_asked(
    world: World, team: str, times: int, accepted: int, demand: float, at: datetime = WEDNESDAY
) -> None:
    """A team that was asked so often, and whose so many askings were by place."""
    async with world.store.begin() as unit:
        for number in range(times):
            outcome = "accepted" if number < accepted else "taken"
            values = {"code": f"{number:09}", "team": team, "at": at, "outcome": outcome}
            await unit.execute(
                text("""
                    insert into offer (id, code, team, team_name, metres, open, at, ring_at, outcome)
                    values (gen_random_uuid(), :code, :team, :team, 1, 0, :at, :at, :outcome)"""),
                values,
            )
        await unit.execute(
            text("insert into demand (team, at, code, part) values (:team, :at, '000000000', :part)"),
            {"team": team, "at": at, "part": demand},
        )


async def test_a_decision_keeps_whose_it_was_by_place(world: World):
    """The nearest is busy, so another is asked; by place it was the nearest's. Equals share."""
    await world.team("busy", metres=100, accepted=2)
    await world.team("twin", metres=100, reachable=False)
    await world.team("asked", metres=300)
    codes = [await world.ask()]
    assert await world.outcomes(codes[0]) == {"asked": "open"}
    await world.act(codes[0], Action.REFUSAL, member("asked"), reason="busy")
    await world.change_team("twin", reachable=True)
    codes.append(await world.ask())
    async with world.store.read() as connection:
        kept = (await connection.execute(text("select code, team, part from demand order by at, team"))).all()
    assert [(codes.index(code), team, part) for code, team, part in kept] == [
        (0, "busy", 1),
        (0, "busy", 1),
        (1, "busy", 0.5),
        (1, "twin", 0.5),
    ]


async def test_a_commune_reads_how_evenly_its_teams_had_work(world: World, desk: Desk):
    for team, accepted in (("lan", 6), ("hoa", 8), ("mai", 7)):
        await world.team(team, metres=100)
        await was_asked(world, team, times=10, accepted=accepted, demand=10)
    await world.team("far", metres=5_000)
    await was_asked(world, "far", times=2, accepted=1, demand=2)
    page = await shown(desk)
    assert "Trong Phường Tân Lập, các tổ ngang nhau nhận việc khá đều: 0,06." in page
    assert "Hệ thống hỏi các tổ ấy rất đều: 0,00." in page
    assert "trong 4 tổ" in page and page.count("Cách tính") == 3
    assert "nhận 8 việc, được hỏi 10 lần; các tổ ngang mình trung bình nhận 7,0" in page
    table = page[page.index("<tbody>") : page.index("</tbody>")]
    assert [table.index(f"Tổ {team}") for team in ("hoa", "mai", "lan")] == sorted(
        table.index(f"Tổ {team}") for team in ("hoa", "mai", "lan")
    )
    assert "Tổ far" not in table


async def test_a_province_sees_its_communes_the_most_uneven_first(world: World, desk: Desk):
    for team, commune, accepted in (("a", COMMUNE, 5), ("b", COMMUNE, 5), ("c", NEIGHBOUR, 0), ("d", NEIGHBOUR, 10)):
        await world.team(team, metres=100, commune=commune)
        await was_asked(world, team, times=10, accepted=accepted, demand=10)
    page = await shown(desk, who=PROVINCE_SUPERVISOR)
    assert "Trong từng xã của Phường Đắk Lắk, các tổ ngang nhau nhận việc lệch nhiều: 0,25." in page
    assert "Được hỏi đều mà nhận không đều" in page
    table = page[page.index("<tbody>") : page.index("</tbody>")]
    assert table.index("unit=24133") < table.index("unit=24121")
    assert "0,50" in table and "0,00" in table
    inside = await shown(desk, f"{PATH}?unit=24133", PROVINCE_SUPERVISOR)
    assert "nhận việc lệch nhiều: 0,50" in inside and "Tổ d" in inside and "Tổ a" not in inside


async def test_other_days_are_not_counted_and_too_little_work_says_so(world: World, desk: Desk):
    for team in ("a", "b"):
        await world.team(team, metres=100)
        await was_asked(world, team, times=10, accepted=5, demand=10, at=WEDNESDAY - timedelta(days=60))
    assert "Chưa đủ việc để so" in await shown(desk)
    assert "nhận việc rất đều: 0,00" in await shown(desk, f"{PATH}?from=2026-09-01&to=2026-09-30")


async def test_days_that_make_no_period_and_foreign_units_are_refused(world: World, desk: Desk):
    answer = await desk.page(f"{PATH}?from=2026-11-25&to=2026-11-01", SUPERVISOR)
    assert answer.status_code == 422 and "Ngày cuối phải sau ngày đầu." in unescape(answer.text)
    assert (await desk.page(f"{PATH}?unit=24121", NEIGHBOUR_SUPERVISOR)).status_code == 404
    assert (await desk.page(PATH, member("a"))).headers["location"] == "/sign-in"


@pytest.mark.parametrize("table", ["team", "offer", "demand", "administrativeunit"])
async def test_no_table_is_read_whole(world: World, table: str):
    values = {"keys": [COMMUNE], "start": WEDNESDAY, "end": WEDNESDAY}
    async with world.store.read() as connection:
        await connection.execute(text("set local enable_seqscan = off"))
        plan = "\n".join((await connection.execute(text(f"explain {WORKS}"), values)).scalars())
    assert f"Seq Scan on {table}" not in plan, plan


async def test_the_board_tells_it_in_a_sentence(world: World, desk: Desk):
    for name, times in (("one", 9), ("two", 11)):
        await world.team(name, metres=100)
        await was_asked(world, name, times, times, demand=10)
    board = await shown(desk, "/supervisor/board")
    address = "/supervisor/fairness?from=2026-11-01&to=2026-11-25"
    assert f'hx-get="{address}&part=said"' in board and f'href="{address}"' in board
    said = await shown(desk, f"{address}&part=said")
    assert said.startswith('<p class="words">Trong Phường Tân Lập') and "<html" not in said
    assert 'hx-get="/supervisor/fairness' not in await shown(desk, "/supervisor/board?category=device")


async def test_a_ticket_that_is_put_before_others_twice_at_one_moment_counts_twice(world: World):
    row = {"team": "one", "at": WEDNESDAY, "code": "123456782", "part": 0.5}
    for _ in range(2):
        async with world.store.begin() as unit:
            await add_demand(unit, [row, row | {"team": "two"}])
    async with world.store.read() as connection:
        found = await connection.execute(text("select team, part from demand order by team"))
        assert [tuple(one) for one in found] == [("one", 1.0), ("two", 1.0)]
