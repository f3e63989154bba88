"""One house and one Kannel for all of these tests: each asks its own requests and looks at those alone."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.phones.province import Province
from tests.support.house import own_house
from tests.support.kannel import RealKannel, missing


@pytest.fixture(scope="session")
def kannel() -> Iterator[RealKannel]:
    """Its programs, not yet started."""
    if why := missing():
        assert os.environ.get("CI") != "true", why
        pytest.skip(why)
    folder = Path(tempfile.mkdtemp(prefix="caunoi-kannel-"))
    made = RealKannel(folder)
    yield made
    made.down()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def shared_province(run_folder: Path, kannel: RealKannel) -> Iterator[Province]:
    with own_house(run_folder, {**kannel.settings, "SMS_DIACRITICS": "true"}) as house:
        province = Province(house, kannel)
        yield province
        province.close()


@pytest.fixture
def province(shared_province: Province) -> Province:
    """Everything runs, whatever the test before did."""
    if not shared_province.house.is_ready():
        shared_province.house.up()
    shared_province.kannel.up(shared_province.house.address)
    return shared_province
