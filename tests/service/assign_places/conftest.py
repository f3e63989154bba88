"""assign with the real communes, for each test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.assign_house import House
from tests.support.servers import FreshDatabase


@pytest.fixture
async def house(database: FreshDatabase, tmp_path: Path) -> AsyncIterator[House]:
    made = await House(database("assign"), tmp_path).begin()
    yield made
    await made.close()
