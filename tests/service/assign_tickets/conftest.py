"""A world of assign for each test."""

from collections.abc import AsyncIterator

import pytest

from tests.support.assign import World
from tests.support.servers import FreshDatabase


@pytest.fixture
async def world(database: FreshDatabase) -> AsyncIterator[World]:
    made = await World(database("assign")).begin()
    yield made
    await made.close()
