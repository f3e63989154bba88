"""One house for all samples: none of them minds the others' requests."""

from collections.abc import Iterator

import pytest

from tests.contract.people import People, known_people
from tests.support.house import House


@pytest.fixture(scope="session")
def everybody(house: House) -> Iterator[People]:
    yield from known_people(house)


@pytest.fixture
def people(everybody: People) -> Iterator[People]:
    """What a test leaves open is cancelled after it."""
    yield everybody
    everybody.cancel_all()
