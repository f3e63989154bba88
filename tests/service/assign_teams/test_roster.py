"""`POST /api/v1/roster`: all or nothing, twice the same as once, every bad row reported (promise 1.13)."""

import asyncio
from typing import Any
from uuid import uuid4

import httpx
import pytest

from shared.events import people, places
from shared.identity import Role
from tests.support.assign_house import MEMBERS, TEAMS, House

ONE = f"{TEAMS}\nT1,Tổ Một,Thôn 1,24121,12.66,108.10"
TWO = f"{ONE}\nT2,Tổ Hai,Thôn 2,24133,12.67,108.04"
LAN, MAI, NIE = (
    "T1,Nguyễn Thị Lan,leader,0905000001,payments,vi",
    "T1,Trần Mai,member,0905000002,device,vi;rad",
    "T2,Y Bhiăn Niê,leader,0905000003,training,vi;rad",
)
PEOPLE = f"{MEMBERS}\n{LAN}\n{MAI}\n{NIE}"
NOTHING_DONE = {"created": 0, "changed": 0, "unchanged": 0, "removed": 0}


def counts(answer: httpx.Response) -> dict[str, int]:
    assert answer.status_code == 200, answer.text
    return {name: count for name, count in answer.json().items() if isinstance(count, int)}


async def test_a_roster_is_taken_in_and_told(house: House) -> None:
    assert counts(await house.roster(TWO, PEOPLE)) == NOTHING_DONE | {"created": 5}
    told = await house.told()
    assert told.count(people.Changed.type) == 3 and told.count(places.VillageChanged.type) == 2
    (team, _) = await house.all("select * from team order by code")
    assert (team["skills"], team["speaks"], team["reachable"]) == (["device", "payments"], ["rad", "vi"], True)
    (lan,) = await house.all("select * from member where phone = '+84905000001'")
    assert (lan["full_name"], lan["role"], lan["languages"]) == ("Nguyễn Thị Lan", "leader", ["vi"])


async def test_the_same_roster_twice_changes_nothing_and_tells_nothing(house: House) -> None:
    await house.roster(TWO, PEOPLE)
    before = await house.told()
    assert counts(await house.roster(TWO, PEOPLE)) == NOTHING_DONE | {"unchanged": 5}
    assert await house.told() == before


async def test_only_what_changed_is_told_with_its_next_revision(house: House) -> None:
    await house.roster(TWO, PEOPLE)
    before = len(await house.told())
    answer = await house.roster(members=PEOPLE.replace("device", "scam_safety"))
    assert counts(answer) == NOTHING_DONE | {"changed": 1, "unchanged": 2}
    assert (await house.told())[before:] == [people.Changed.type]
    (told,) = await house.all(
        "select convert_from(body, 'UTF8')::json as event from outbox order by position desc limit 1"
    )
    assert (told["event"]["full_name"], told["event"]["revision"]) == ("Trần Mai", 2)
    (team,) = await house.all("select skills from team where code = 'T1'")
    assert team["skills"] == ["payments", "scam_safety"]


async def test_one_bad_row_stops_everything_and_each_is_reported_in_the_callers_language(house: House) -> None:
    teams = f"{TWO}\nT3,Tổ Ba,Thôn 3,99999,,\nT4,Tổ Tư,Thôn 4,24121,12.6,"
    members = f"{PEOPLE}\nT9,Ai,member,0905000009,,vi\nT1,Đỗ An,boss,12345,magic,xx"
    answer = await house.roster(teams, members, lang="en")
    assert answer.status_code == 422
    assert answer.headers["content-type"].startswith("application/problem+json")
    body = answer.json()
    assert {name: body[name] for name in NOTHING_DONE} == NOTHING_DONE
    assert [(error["table"], error["row"], error["column"], error["value"]) for error in body["errors"]] == [
        ("teams", 4, "commune_code", "99999"),
        ("teams", 5, "lon", ""),
        ("members", 5, "team_code", "T9"),
        ("members", 6, "phone", "12345"),
        ("members", 6, "role", "boss"),
        ("members", 6, "skills", "magic"),
        ("members", 6, "languages", "xx"),
    ]
    assert "No commune has this code" in body["errors"][0]["problem"]
    assert await house.all("select * from team") == [] and await house.told() == []
    vietnamese = (await house.roster(teams, members)).json()
    assert "Không có xã, phường nào mang mã này" in vietnamese["errors"][0]["problem"]


async def test_a_table_that_cannot_be_read_is_the_only_error(house: House) -> None:
    answer = await house.caller(Role.ADMINISTRATOR).post(
        "/api/v1/roster", files={"teams": TWO.encode("utf-16"), "members": PEOPLE.encode()}
    )
    assert [error["table"] for error in answer.json()["errors"]] == ["teams"]
    assert "CSV UTF-8" in answer.json()["errors"][0]["problem"]


async def test_semicolons_and_a_byte_order_mark_are_read(house: House) -> None:
    teams = "\ufeff" + TWO.replace(",", ";")
    assert counts(await house.roster(teams, PEOPLE)) == NOTHING_DONE | {"created": 5}


async def test_what_is_absent_is_left_alone_unless_it_is_replaced(house: House) -> None:
    await house.roster(TWO, PEOPLE)
    assert counts(await house.roster(ONE, f"{MEMBERS}\n{LAN}")) == NOTHING_DONE | {"unchanged": 2}
    answer = await house.roster(ONE, f"{MEMBERS}\n{LAN}", replace=True)
    assert counts(answer) == NOTHING_DONE | {"unchanged": 2, "removed": 3}
    assert (await house.told()).count(people.Removed.type) == 2
    assert [team["code"] for team in await house.all("select code from team where not retired")] == ["T1"]
    (village,) = await house.all("select * from village where name = 'Thôn 2'")
    assert (village["team_code"], village["retired"]) == (None, False)


async def test_the_table_of_members_alone_may_replace(house: House) -> None:
    await house.roster(TWO, PEOPLE)
    answer = await house.roster(members=f"{MEMBERS}\n{LAN}", replace=True)
    assert counts(answer) == NOTHING_DONE | {"unchanged": 1, "removed": 2}
    assert (await house.told()).count(people.Removed.type) == 2
    found = await house.all("select code, retired, reachable, speaks from team order by code")
    assert [tuple(team.values()) for team in found] == [("T1", False, True, ["vi"]), ("T2", False, False, [])]


async def test_a_preview_shows_each_difference_and_does_nothing(house: House) -> None:
    await house.roster(TWO, PEOPLE)
    before = await house.all("select * from member order by id")
    renamed = f"{MEMBERS}\n{LAN.replace('payments', 'training')}"
    answer = (await house.roster(ONE, renamed, replace=True, preview=True)).json()
    changes = [(found["table"], found["name"], found["change"]) for found in answer["differences"]]
    assert ("teams", "Tổ Hai", "removed") in changes and ("members", "Trần Mai", "removed") in changes
    (lan,) = (found for found in answer["differences"] if found["name"] == "Nguyễn Thị Lan")
    assert lan["columns"] == {"skills": [["payments"], ["training"]]}
    assert await house.all("select * from member order by id") == before


async def test_a_team_that_holds_open_tickets_is_never_lost(house: House) -> None:
    await house.roster(TWO, PEOPLE)
    await house.change("update team set accepted = 1 where code = 'T2'")
    answer = await house.roster(ONE, f"{MEMBERS}\n{LAN}", replace=True)
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert (error["table"], error["row"], error["value"]) == ("teams", None, "T2")
    assert "Tổ Hai" in error["problem"]
    assert len(await house.all("select * from team where not retired")) == 2


async def test_what_offers_count_is_not_touched(house: House) -> None:
    await house.roster(ONE, PEOPLE.replace(NIE, ""))
    await house.change("update team set accepted = 3, open_offers = 2 where code = 'T1'")
    await house.roster(ONE.replace("Tổ Một", "Tổ Nhất"))
    (team,) = await house.all("select name, accepted, open_offers, revision from team")
    assert team == {"name": "Tổ Nhất", "accepted": 3, "open_offers": 2, "revision": 2}


async def test_further_columns_are_kept_as_notes(house: House) -> None:
    await house.roster(f"{TEAMS},commune_2022,zalo\nT1,Tổ Một,Thôn 1,24121,,,Phường Tân Hòa,nhóm 1")
    (team,) = await house.all("select notes from team")
    assert team["notes"] == {"commune_2022": "Phường Tân Hòa", "zalo": "nhóm 1"}
    (village,) = await house.all("select former_commune from village")
    assert village["former_commune"] == "Phường Tân Hòa"


async def test_whoever_waits_for_teams_hears_of_those_that_changed_in_the_same_transaction(house: House) -> None:
    heard: list[list[str]] = []

    async def listen(unit: Any, codes: Any) -> None:
        heard.append(list(codes))

    from services.assign.places.store import categories
    from services.assign.teams.roster.take_in import Files, take_in
    from services.assign.teams.watchers import TeamWatchers
    from shared.clock import Clock

    watchers = TeamWatchers()
    watchers.add(listen)
    for _ in range(2):
        async with house.store.begin() as unit:
            assert await categories(unit.connection)
            await take_in(unit, Files(TWO.encode(), PEOPLE.encode()), Clock.wall(), watchers)
    assert heard == [["T1", "T2"]], "the second time nothing changed"


async def test_an_installation_without_units_takes_in_the_provinces_of_its_first_roster(house: House) -> None:
    await house.change("delete from administrativeunit")
    hanoi = f"{TEAMS}\nT1,Tổ Một,Thôn 1,24121,,\nT2,Tổ Hai,Tổ dân phố 2,00004,,"
    assert counts(await house.roster(hanoi, preview=True))["created"] == 2
    assert await house.all("select * from administrativeunit") == [], "a preview takes in nothing"
    assert counts(await house.roster(hanoi))["created"] == 2
    found = await house.all("select province, count(*) from administrativeunit group by 1 order by 1")
    assert [unit["province"] for unit in found] == ["01", "66"] and found[1]["count"] == 103
    assert (await house.roster(hanoi.replace("00004", "25747"))).status_code == 422, "later ones must be known"


async def test_two_rosters_at_once_are_taken_one_after_the_other(house: House) -> None:
    answers = await asyncio.gather(house.roster(TWO, PEOPLE), house.roster(TWO, PEOPLE))
    assert sorted(counts(answer)["created"] for answer in answers) == [0, 5]
    assert len(await house.all("select * from member")) == 3


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.MEMBER, Role.SUPERVISOR])
async def test_nobody_but_an_administrator_may(house: House, role: Role) -> None:
    assert (await house.roster(TWO, PEOPLE, role=role)).status_code == 404
    assert await house.all("select * from team") == []


async def test_a_stranger_may_not_and_a_roster_without_files_is_none(house: House) -> None:
    assert (await house.caller().post("/api/v1/roster", files={"teams": TWO.encode()})).status_code == 401
    empty = await house.caller(Role.ADMINISTRATOR).post("/api/v1/roster", data={"other": "x"})
    assert empty.status_code == 422
    assert {error["field"] for error in empty.json()["errors"]} == {"teams", "members"}


async def test_a_large_roster_is_not_refused_for_its_size(house: House) -> None:
    rows = "\n".join(f"X{number},Tổ {number},Thôn {number},24121,12.66,108.10,{uuid4()}" for number in range(2000))
    answer = await house.roster(f"{TEAMS},note\n{rows}")
    assert counts(answer)["created"] == 2000
