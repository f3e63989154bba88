"""A world of assign, and a program in front of it."""

from collections.abc import AsyncIterator

import pytest

from tests.support.assign import World
from tests.support.assign_web import Desk, desk_of
from tests.support.servers import FreshDatabase


@pytest.fixture
def dsn(database: FreshDatabase) -> str:
    return database("assign")


@pytest.fixture
async def world(dsn: str) -> AsyncIterator[World]:
    made = await World(dsn).begin()
    yield made
    await made.close()


@pytest.fixture
async def desk(world: World, dsn: str) -> AsyncIterator[Desk]:
    made = desk_of(world, dsn)
    yield made
    await made.client.aclose()
