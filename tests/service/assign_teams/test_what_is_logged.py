"""What PostgreSQL refuses is logged by its code and its constraint: the row stays out of it."""

from typing import Any

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from shared import logs
from shared.store.lean import fetch
from tests.support.assign_house import MEMBERS, TEAMS, House

COPY = """
    insert into member (id, member_code, team_code, full_name, phone, role, skills, languages, shows_phone, wake, notes,
        retired, revision)
    select '{id}', {code}, team_code, {name}, phone, role, skills, languages, shows_phone, wake, notes, retired,
        revision from member"""
MINE = "Y Bhiăn Niê"


@pytest.fixture
async def lan(house: House) -> None:
    await house.roster(f"{TEAMS}\nT1,Tổ Một,,24121,12.66,108.10", f"{MEMBERS}\nT1,Lan,leader,0905000001,,vi")
    await house.change("update member set member_code = :code", code=MINE)


def logged(error: BaseException) -> str:
    """As a terminal shows it: nothing is escaped, so it can be searched."""
    event: Any = {"event": "web.fault", "exc_info": error}
    for step in logs.rendering(pretty=True):
        event = step(None, "error", event)
    return event


@pytest.mark.usefixtures("lan")
async def test_a_row_that_is_there_already_is_named_by_its_constraint(house: House) -> None:
    with pytest.raises(IntegrityError) as caught:
        await house.change(COPY.format(id="another", code=":code", name=":name"), code=MINE, name=MINE)
    line = logged(caught.value)
    assert MINE not in line and "UniqueViolationError 23505 member member_code" in line


@pytest.mark.usefixtures("lan")
async def test_so_it_is_by_the_driver_s_own_statement(house: House) -> None:
    with pytest.raises(asyncpg.UniqueViolationError) as caught:
        async with house.store.begin() as unit:
            await fetch(unit.connection, COPY.format(id="another", code="$1", name="$2"), MINE, MINE)
    assert MINE in str(caught.value), "or else nothing is proven: PostgreSQL says it in its DETAIL"
    line = logged(caught.value)
    assert MINE not in line and "23505 member member_code" in line


async def test_what_was_given_with_a_statement_is_in_no_error(house: House) -> None:
    with pytest.raises(Exception, match="parameters hidden") as caught:
        async with house.store.begin() as unit:
            await unit.execute(text("select 1 / (length(:name) - length(:name))"), {"name": MINE})
    assert MINE not in str(caught.value) and "22012" in logged(caught.value)
