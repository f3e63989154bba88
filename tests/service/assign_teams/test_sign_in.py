"""Ways in: a link works once, a session is a cookie that scripts cannot read (promise 1.1)."""

import asyncio
import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from services.assign.teams.sign_in.store import LINK_AGE, make_link
from shared.clock import Clock
from shared.identity import SESSION_COOKIE, Principal, Role
from tests.support.assign_house import MEMBERS, TEAMS, House

PAGE = {"Accept": "text/html"}


async def a_link(house: House, role: Role = Role.SUPERVISOR, age: timedelta = timedelta()) -> str:
    principal = Principal(role=role, id="S24121", name="Phụ trách 24121", unit="24121")
    async with house.store.begin() as unit:
        return await make_link(unit, principal, Clock.wall() - age)


async def use(caller: httpx.AsyncClient, link: str) -> httpx.Response:
    return await caller.post("/sign-in", data={"link": link}, headers=PAGE)


@pytest.mark.parametrize(
    ("role", "home"), [(Role.OPERATOR, "/operator"), (Role.MEMBER, "/team"), (Role.SUPERVISOR, "/supervisor")]
)
async def test_a_link_leads_each_role_to_its_page_with_a_session(house: House, role: Role, home: str) -> None:
    caller = house.caller()
    answer = await use(caller, await a_link(house, role))
    assert (answer.status_code, answer.headers["location"]) == (303, home)
    cookie = answer.headers["set-cookie"]
    assert SESSION_COOKIE in cookie and "HttpOnly" in cookie and "SameSite=lax" in cookie and "Path=/" in cookie
    assert "Secure" not in cookie, "this address is not https"
    assert (await caller.get("/api/v1/units")).status_code == 200, "the cookie speaks for them"


async def test_looking_at_a_link_does_not_use_it_up(house: House) -> None:
    caller, link = house.caller(), await a_link(house)
    for _ in range(2):
        page = await caller.get("/sign-in", params={"link": link}, headers=PAGE)
        assert page.status_code == 200 and "Phụ trách 24121" in page.text and SESSION_COOKIE not in page.cookies
        assert re.search(r'method="post" action="/sign-in"', page.text)
    assert (await use(caller, link)).status_code == 303


async def test_a_link_works_once_even_for_twenty_at_the_same_time(house: House) -> None:
    link = await a_link(house)
    answers = await asyncio.gather(*(use(house.caller(), link) for _ in range(20)))
    assert sorted(answer.status_code for answer in answers) == [303] + [410] * 19


@pytest.mark.parametrize("age", [LINK_AGE, LINK_AGE * 3])
async def test_an_old_link_is_refused_kindly(house: House, age: timedelta) -> None:
    link = await a_link(house, age=age)
    for answer in (await use(house.caller(), link), await house.caller().get("/sign-in", params={"link": link})):
        assert answer.status_code == 410
        assert "không còn dùng được" in answer.text and SESSION_COOKIE not in answer.cookies


@pytest.mark.parametrize("link", ["", "guessed", "x" * 5000, "\udcff", "' or 1=1"])
async def test_a_guessed_link_is_refused(house: House, link: str) -> None:
    await a_link(house)
    answer = await house.caller().post(
        "/sign-in",
        content=b"link=" + link.encode("utf-8", "surrogateescape"),
        headers=PAGE | {"Content-Type": "application/x-www-form-urlencoded"},
    )
    assert answer.status_code in {410, 422} and SESSION_COOKIE not in answer.cookies


async def test_the_store_does_not_know_links_themselves(house: House) -> None:
    link = await a_link(house)
    assert link not in str(await house.all("select * from signinlink"))


async def test_another_site_cannot_sign_somebody_in(house: House) -> None:
    answer = await house.caller().post(
        "/sign-in", data={"link": await a_link(house)}, headers=PAGE | {"Sec-Fetch-Site": "cross-site"}
    )
    assert answer.status_code == 403


async def test_signing_out_ends_the_session(house: House) -> None:
    caller = house.caller()
    await use(caller, await a_link(house))
    answer = await caller.post("/sign-out", headers=PAGE)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    assert SESSION_COOKIE not in caller.cookies


async def test_without_a_link_the_page_says_how_to_get_in(house: House) -> None:
    page = await house.caller().get("/sign-in", headers=PAGE)
    assert page.status_code == 200 and "không cần mật khẩu" in page.text
    english = await house.caller().get("/sign-in", params={"lang": "en"}, headers=PAGE)
    assert "there is no password" in english.text


async def test_the_simulator_gives_a_link_for_each_role_that_works_together(house: House) -> None:
    await house.roster(f"{TEAMS}\nT1,Tổ Một,Thôn 1,24121,,", f"{MEMBERS}\nT1,Lan,leader,0905000001,payments,vi")
    links = (await house.caller().post("/simulator/sign-in-links")).json()
    assert [(link["role"], link["name"]) for link in links] == [
        ("operator", "Tổng đài viên"),
        ("member", "Lan"),
        ("commune_supervisor", "Phụ trách 24121"),
        ("province_supervisor", "Phụ trách 66"),
    ]
    for link, home in zip(links, ("/operator", "/team", "/supervisor", "/supervisor"), strict=True):
        address = urlsplit(link["url"])
        assert (address.netloc, address.path) == ("house", "/sign-in")
        answer = await use(house.caller(), parse_qs(address.query)["link"][0])
        assert answer.headers["location"] == home


async def test_the_simulator_speaks_to_its_own_machine_alone(house: House) -> None:
    for caller, headers in ((house.caller(host="10.0.0.8"), {}), (house.caller(), {"X-Forwarded-For": "10.0.0.8"})):
        assert (await caller.post("/simulator/sign-in-links", headers=headers)).status_code == 404
        assert (await caller.get("/simulator/leader", params={"team": "T1"}, headers=headers)).status_code == 404


async def test_the_simulator_knows_who_leads_a_team_and_whose_a_number_is(house: House) -> None:
    await house.roster(
        f"{TEAMS}\nT1,Tổ Một,Thôn 1,24121,,", f"{MEMBERS}\nT1,Mai,member,0905000002,,vi\nT1,Lan,leader,0905000001,,vi"
    )
    caller = house.caller()
    leader = (await caller.get("/simulator/leader", params={"team": "T1"})).json()
    assert (leader["name"], leader["phone"], leader["team"], leader["unit"]) == ("Lan", "+84905000001", "T1", "24121")
    mai = (await caller.get("/simulator/leader", params={"team": "T1", "phone": "0905000002"})).json()
    assert mai["name"] == "Mai" and mai["person"] != leader["person"]
    supervisor = (await caller.get("/simulator/person", params={"phone": "0810024121"})).json()
    assert (supervisor["role"], supervisor["unit"], supervisor["person"]) == ("supervisor", "24121", "S24121")
    for query in ({"team": "T9"}, {"team": "T9", "phone": "0905000002"}, {"phone": "0905999999"}, {}):
        assert (await caller.get("/simulator/leader", params=query)).status_code == 404
