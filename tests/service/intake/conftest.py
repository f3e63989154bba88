from collections.abc import AsyncIterator

import pytest

from tests.service.intake.neighbours import Neighbour
from tests.service.intake.world import World, world
from tests.support.servers import FreshDatabase


@pytest.fixture
async def intake(database: FreshDatabase) -> AsyncIterator[World]:
    """intake over a store of its own, on the simulator, asked from this machine."""
    async with world(database("intake")) as made:
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
async def beside(database: FreshDatabase, assign: Neighbour, notify: Neighbour) -> AsyncIterator[World]:
    """intake with neighbours that answer."""
    async with world(database("intake"), assign_url=assign.url, notify_url=notify.url) as made:
        yield made
