"""Whom a team can be reached through, as their phones tell."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from services.assign.teams import store as teams
from services.assign.teams.events import on_failed, resume_member, stop_member
from shared.events import messages, people
from shared.events.envelope import Received
from tests.support.assign_house import MEMBERS, TEAMS, House

AT = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
ROSTER = (
    f"{TEAMS}\nT1,Tổ Một,Thôn 1,24121,12.66,108.10",
    f"{MEMBERS}\nT1,Lan,leader,0905000001,payments,vi\nT1,Mai,member,0905000002,device,vi",
)


@pytest.fixture
async def lan_and_mai(house: House) -> tuple[str, str]:
    await house.roster(*ROSTER)
    lan, mai = [row["id"] for row in await house.all("select id from member order by phone")]
    return lan, mai


def failed(person: str, bad: bool = True) -> Received[messages.Failed]:
    event = messages.Failed(
        message_id=uuid4(),
        at=AT,
        alert="offered",
        channel="simulator",
        person=person,
        reason="unknown",
        address_is_bad=bad,
    )
    return Received(uuid4(), person, AT, "0" * 32, event)


async def reachable(house: House) -> bool:
    (team,) = await house.all("select reachable from team")
    return team["reachable"]


async def test_a_team_is_reachable_until_the_last_of_its_numbers_is_bad(
    house: House, lan_and_mai: tuple[str, str]
) -> None:
    lan, mai = lan_and_mai
    async with house.store.begin() as unit:
        await on_failed(unit, [failed(lan)])
    assert await reachable(house)
    async with house.store.begin() as unit:
        await on_failed(unit, [failed(lan), failed(mai)])
    assert not await reachable(house)


async def test_a_message_that_failed_for_another_reason_says_nothing_of_the_number(
    house: House, lan_and_mai: tuple[str, str]
) -> None:
    async with house.store.begin() as unit:
        await on_failed(unit, [failed(id, bad=False) for id in lan_and_mai])
    assert await reachable(house)


async def test_who_stops_is_not_counted_and_is_told_once(house: House, lan_and_mai: tuple[str, str]) -> None:
    before = len(await house.told())
    for _ in range(2):
        async with house.store.begin() as unit:
            for id in lan_and_mai:
                await stop_member(unit, id, AT)
    assert not await reachable(house)
    assert (await house.told())[before:] == [people.Changed.type] * 2
    rows = await house.all("select stopped_at, revision from member")
    assert all(row == {"stopped_at": AT, "revision": 2} for row in rows)


async def test_who_writes_again_is_back_and_the_team_is_named_for_another_look(
    house: House, lan_and_mai: tuple[str, str]
) -> None:
    lan, mai = lan_and_mai
    async with house.store.begin() as unit:
        await on_failed(unit, [failed(lan)])
        await stop_member(unit, mai, AT)
    assert not await reachable(house)
    async with house.store.begin() as unit:
        assert await resume_member(unit, lan, AT) == "T1"
    assert await reachable(house)
    async with house.store.begin() as unit:
        assert await resume_member(unit, lan, AT) is None, "nothing stood against her"


async def test_people_who_are_no_members_change_nothing(house: House, lan_and_mai: tuple[str, str]) -> None:
    async with house.store.begin() as unit:
        await on_failed(unit, [failed("nobody")])
        await stop_member(unit, "nobody", AT)
        assert await resume_member(unit, "nobody", AT) is None


async def test_a_new_number_in_the_roster_makes_a_member_reachable_again(house: House) -> None:
    heading = f"{MEMBERS},member_code"
    await house.roster(ROSTER[0], f"{heading}\nT1,Lan,leader,0905000001,payments,vi,A1")
    (lan,) = await house.all("select id from member")
    async with house.store.begin() as unit:
        await on_failed(unit, [failed(lan["id"])])
    assert not await reachable(house)
    await house.roster(members=f"{heading}\nT1,Lan,leader,0905000007,payments,vi,A1")
    assert await reachable(house)


async def test_the_leader_stands_first_and_supervisors_stand_by_level(
    house: House, lan_and_mai: tuple[str, str]
) -> None:
    async with house.store.read() as connection:
        leader = await teams.leader_of(connection, "T1")
        assert leader and leader.full_name == "Lan"
        assert [member.full_name for member in await teams.members_of(connection, "T1")] == ["Lan", "Mai"]
        over = await teams.supervisors_over(connection, ["66", "24121"])
    assert [found.id for found in over["commune"]] == ["S24121"]
    assert [found.id for found in over["province"]] == ["S66"]
