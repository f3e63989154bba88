from collections.abc import AsyncIterator

import pytest

from tests.service.intake.neighbours import Neighbour
from tests.service.intake.world import World, world
from tests.support.servers import FreshDatabase


@pytest.fixture
def empty_store(database: FreshDatabase) -> str:
    """The address of a store with nothing in it."""
    return database("intake")


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
