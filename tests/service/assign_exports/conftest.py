from collections.abc import Iterator
from pathlib import Path

import pytest

from services.assign.reporting.exports.making import Maker
from services.assign.reporting.exports.shelf import Shelf
from tests.support.assign_fixtures import desk, dsn, world
from tests.support.assign_web import Desk

__all__ = ["desk", "dsn", "world"]


@pytest.fixture
def maker(desk: Desk, tmp_path: Path) -> Iterator[Maker]:
    """What makes files, in a folder of the test's own."""
    made: Maker = desk.service.app.state.exports
    made.shelf = Shelf(tmp_path / "exports")
    yield made
