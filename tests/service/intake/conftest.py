from collections.abc import AsyncIterator, Iterator

import asyncpg
import pytest

from services.intake.base import IntakeTable
from tests.service.intake.neighbours import Neighbour
from tests.service.intake.world import World, world
from tests.support.servers import PostgresServer


@pytest.fixture(scope="session")
def one_database(postgres: PostgresServer) -> Iterator[str]:
    """One database for all tests of this folder: to empty it takes a twentieth of the time to make one."""
    dsn = postgres.fresh_database("intake")
    yield dsn
    postgres.drop_database(dsn)


@pytest.fixture
async def empty_store(one_database: str) -> str:
    """The address of a store with nothing in it."""
    connection = await asyncpg.connect(one_database.replace("+asyncpg", ""))
    await connection.execute(f"truncate {', '.join(IntakeTable.metadata.tables)} restart identity")
    await connection.close()
    return one_database


@pytest.fixture
async def intake(empty_store: str) -> AsyncIterator[World]:
    """intake over a store of its own, on the simulator, asked from this machine."""
    async with world(empty_store) as made:
        yield made


@pytest.fixture
async def assign() -> AsyncIterator[Neighbour]:
    """Stands where assign would."""
    async with Neighbour("assign") as neighbour:
        yield neighbour


@pytest.fixture
async def notify() -> AsyncIterator[Neighbour]:
    """Stands where notify would."""
    async with Neighbour("notify") as neighbour:
        yield neighbour


@pytest.fixture
async def beside(empty_store: str, assign: Neighbour, notify: Neighbour) -> AsyncIterator[World]:
    """intake with neighbours that answer."""
    async with world(empty_store, assign_url=assign.url, notify_url=notify.url) as made:
        yield made
