"""What an empty store begins with, and that the store is what its tables say."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection

import services.assign.app
from deploy.sample.provide import provide
from services.assign.base import AssignTable
from services.assign.first_start import begin_once
from shared.events import places
from shared.store.migrate import VERSION_TABLE
from tests.support.assign_house import House
from tests.support.servers import FreshDatabase

AT = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
COUNTS = """
    select (select count(*) from team) teams, (select count(*) from member) members,
        (select count(*) from village) villages, (select count(*) from supervisor) supervisors,
        (select count(*) from administrativeunit) units, (select count(*) from category) categories,
        (select count(*) from outbox) events
"""
TWINS = "select count(*) from (select from village group by commune, name having count(*) > 1) twins"
BARE = """
    select count(*) from administrativeunit commune where kind = 'commune'
        and not exists (select from team where team.commune = commune.key)
"""
SAMPLE = {"teams": 1147, "members": 7121, "villages": 1147, "supervisors": 103, "units": 103, "categories": 10}
EVENTS = 7121 + 103 + 1147 + 103 + 10 + 10


@pytest.fixture
async def empty(database: FreshDatabase, tmp_path: Path) -> House:
    return House(database("assign"), tmp_path)


@pytest.mark.filterwarnings("ignore:Did not recognize type 'cube'")
async def test_the_store_is_what_its_tables_say(empty: House) -> None:
    assert services.assign.app.TABLES is not None, "imports every table"
    async with empty.store.read() as connection:
        assert await connection.run_sync(_differences) == []
    await empty.close()


async def test_without_a_sample_only_the_duties_are_known(empty: House) -> None:
    await begin_once(empty.store, empty.settings, AT)
    assert set(await empty.told()) == {places.CategoryChanged.type, places.PromiseChanged.type}
    assert await empty.all("select * from administrativeunit") == []
    await empty.close()


async def test_the_sample_province_is_loaded_once_whole_and_told(empty: House, tmp_path: Path) -> None:
    provide(_folder(tmp_path))
    settings = empty.settings.model_copy(update={"sample": "dak_lak"})
    await asyncio.gather(*(begin_once(empty.store, settings, AT) for _ in range(2)))
    assert await empty.all(COUNTS) == [SAMPLE | {"events": EVENTS}]
    await begin_once(empty.store, settings, AT)
    assert await empty.all(COUNTS) == [SAMPLE | {"events": EVENTS}], "a second start changes nothing"
    assert await empty.all(TWINS) == [{"count": 87}], "told apart by their former commune"
    assert await empty.all(BARE) == [{"count": 43}], "102 communes, of which 59 have teams"
    await empty.close()


async def test_the_samples_own_codes_and_numbers_are_kept(empty: House, tmp_path: Path) -> None:
    provide(_folder(tmp_path))
    await begin_once(empty.store, empty.settings.model_copy(update={"sample": "dak_lak"}), AT)
    (team,) = await empty.all("select * from team where code = '24118-01'")
    assert (team["name"], team["commune"], team["lat"], team["lon"]) == (
        "Tổ CNSCĐ Tổ dân phố 1",
        "24121@2025-07-01",
        12.66243,
        108.13094,
    )
    assert team["reachable"] and "scam_safety" in team["skills"]
    (leader,) = await empty.all("select * from member where team_code = '24118-01' and role = 'leader'")
    assert (leader["full_name"], leader["phone"]) == ("Vũ Ngọc Tuấn", "+84908922456")
    await empty.close()


async def test_a_start_that_dies_leaves_nothing_and_the_next_one_does_it_all(empty: House, tmp_path: Path) -> None:
    settings = empty.settings.model_copy(update={"sample": "dak_lak"})
    with pytest.raises(Exception, match="ended with"):
        await begin_once(empty.store, settings, AT)  # its files are missing: it dies after the units were written
    assert await empty.all("select * from administrativeunit") == []
    provide(_folder(tmp_path))
    await begin_once(empty.store, settings, AT)
    assert await empty.all(COUNTS) == [SAMPLE | {"events": EVENTS}]
    await empty.close()


def _folder(home: Path) -> Path:
    (home / "sample").mkdir()
    return home / "sample" / "dak_lak"


def _differences(connection: Connection) -> list[object]:
    """What a new migration would have to do; `team.point` is generated and known to the migration alone."""
    options = {
        "version_table": VERSION_TABLE,
        "include_object": lambda _o, name, *_: name not in {"point", "team_point"},
    }
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), AssignTable.metadata))
