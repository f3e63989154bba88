from collections.abc import AsyncIterator

import pytest

from tests.service.intake.world import World, world
from tests.support.servers import FreshDatabase


@pytest.fixture
async def intake(database: FreshDatabase) -> AsyncIterator[World]:
    """intake over a store of its own, on the simulator, asked from this machine."""
    async with world(database("intake")) as made:
        yield made
