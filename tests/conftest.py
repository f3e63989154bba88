"""Fixtures for all tests: real servers. Whoever does not ask for one does not wait for it.

async def test_…(database: FreshDatabase, nats_url: str): store = Store(database("intake"), …)
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.databases import Databases
from tests.support.engines import use_engines_again
from tests.support.house import House, own_house
from tests.support.kind import Servers, chosen_servers
from tests.support.servers import FreshDatabase, NatsServer, PostgresServer
from tests.support.sharing_out import SharingOut, in_order

_RUN_FOLDER = "CAUNOI_TEST_RUN"
"""Names, in the environment, a folder that all processes of one run share."""


def pytest_configure(config: pytest.Config) -> None:
    """The first process makes the folder; xdist's workers inherit its name."""
    if not hasattr(config, "workerinput"):
        os.environ[_RUN_FOLDER] = tempfile.mkdtemp(prefix="caunoi-run-")
    use_engines_again()


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        shutil.rmtree(os.environ.pop(_RUN_FOLDER), ignore_errors=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items[:] = in_order(items)


@pytest.hookimpl(optionalhook=True)  # only where xdist shares the tests out
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> SharingOut | None:
    if config.getvalue("dist") != "loadfile":
        return None
    config.option.loadscopereorder = False
    return SharingOut(config, log)


@pytest.fixture(scope="session")
def run_folder() -> Path:
    """Shared by all processes of this run, gone after it."""
    return Path(os.environ[_RUN_FOLDER])


@pytest.fixture(scope="session")
def house(run_folder: Path) -> Iterator[House]:
    """The real house with the sample province, for all tests of this process that do not mind each other's requests."""
    with own_house(run_folder) as running:
        yield running


@pytest.fixture(scope="session")
def server_folder() -> Iterator[Path]:
    """Not pytest's own folder: that is closed to other users, and kept for three runs."""
    folder = Path(tempfile.mkdtemp(prefix="caunoi-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def pytest_report_header() -> str:
    return f"servers: {chosen_servers().kind}"


@pytest.fixture(scope="session")
def servers() -> Servers:
    """PostgreSQL and NATS as SERVERS says: `containers` or `embedded`."""
    return chosen_servers()


@pytest.fixture(scope="session")
def postgres(servers: Servers, server_folder: Path) -> Iterator[PostgresServer]:
    """One PostgreSQL for the whole run."""
    server = servers.postgres(server_folder / "postgres")
    server.start()
    yield server
    server.stop()


@pytest.fixture
def database(postgres: PostgresServer) -> Iterator[FreshDatabase]:
    databases = Databases.of(postgres)
    taken: list[tuple[str, str]] = []

    def fresh(service: str) -> str:
        taken.append((service, databases.take(service)))
        return taken[-1][1]

    yield fresh
    for service, dsn in taken:
        databases.give_back(service, dsn)


@pytest.fixture
def nats(servers: Servers, server_folder: Path) -> Iterator[NatsServer]:
    """A running NATS of this test's own, with an empty JetStream: it may be killed, wiped and set back."""
    folder = Path(tempfile.mkdtemp(prefix="nats-", dir=server_folder))
    server = servers.nats(folder)
    server.start()
    yield server
    server.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def nats_url(nats: NatsServer) -> str:
    return nats.url
