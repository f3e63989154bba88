"""The tree of units, as far as somebody's territory reaches."""

from typing import Any

import httpx
import pytest

from shared.identity import Role
from tests.support.assign_house import House


async def codes(caller: httpx.AsyncClient, **query: Any) -> list[str]:
    answer = await caller.get("/api/v1/units", params=query)
    assert answer.status_code == 200, answer.text
    return [unit["code"] for unit in answer.json()]


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.OPERATOR])
async def test_who_works_everywhere_sees_the_province_and_its_communes(house: House, role: Role) -> None:
    caller = house.caller(role)
    assert await codes(caller) == ["66"]
    communes = (await caller.get("/api/v1/units", params={"parent": "66"})).json()
    assert len(communes) == 102
    names = [unit["name"] for unit in communes]
    assert names.index("Buôn Hồ") < names.index("Cư Bao") < names.index("Đắk Liêng") < names.index("Ea Drăng")


async def test_a_unit_is_shown_with_its_key_and_place(house: House) -> None:
    communes = (await house.caller(Role.OPERATOR).get("/api/v1/units", params={"parent": "66"})).json()
    tan_lap = next(unit for unit in communes if unit["code"] == "24121")
    assert (tan_lap["key"], tan_lap["full_name"], tan_lap["kind"]) == ("24121@2025-07-01", "Phường Tân Lập", "commune")
    assert tan_lap["parent"] == "66" and 12 < tan_lap["lat"] < 13.5


async def test_a_supervisor_begins_at_their_own_unit_and_sees_nothing_beside_or_above(house: House) -> None:
    commune = house.caller(Role.SUPERVISOR, unit="24121")
    assert await codes(commune) == ["24121"]
    assert await codes(commune, parent="24121") == []
    for parent in ("66", "24133", "99999"):
        assert (await commune.get("/api/v1/units", params={"parent": parent})).status_code == 404
    assert len(await codes(house.caller(Role.SUPERVISOR, unit="66"), parent="66")) == 102


async def test_a_member_sees_the_commune_of_their_team_and_a_stranger_nothing(house: House) -> None:
    assert await codes(house.caller(Role.MEMBER, unit="24121", team="T1")) == ["24121"]
    assert (await house.caller().get("/api/v1/units")).status_code == 401
