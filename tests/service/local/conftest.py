"""A whole installation with stand-ins for the three services, in a folder of its own, on a free port."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from deploy.local.ports import free_port
from tests.support.kind import EMBEDDED, Servers
from tests.support.servers import PostgresServer

PROJECT = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def servers() -> Servers:
    """These tests are about the embedded ones, whatever the others run against."""
    return EMBEDDED


@pytest.fixture(scope="package")
def postgres(server_folder: Path) -> Iterator[PostgresServer]:
    """One for all tests here."""
    server = PostgresServer(server_folder / "embedded-postgres")
    server.start()
    yield server
    server.stop()


@dataclass
class House:
    """One `caunoi up` and the commands that speak with it."""

    folder: Path
    port: int = field(default_factory=free_port)
    environment: dict[str, str] = field(default_factory=dict[str, str])
    program: tuple[str, ...] = ("tests.support.stand_in_up",)
    """What is started, with the port after it: stand-ins, or the real thing."""
    supervisor: subprocess.Popen[str] | None = None

    @property
    def home(self) -> Path:
        return self.folder / "home"

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def output(self) -> str:
        return (self.folder / "output").read_text()

    def up(self, *words: str, ready: bool = True, patience_s: float = 240) -> "House":
        with (self.folder / "output").open("w") as file:
            self.supervisor = subprocess.Popen(
                [sys.executable, "-m", *self.program, str(self.port), *words],
                cwd=PROJECT,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                text=True,
            )
        if ready:
            wait_until(lambda: "one-time sign-in links" in self.output, "it is ready", lambda: self.output, patience_s)
        return self

    def caunoi(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "deploy.cli", *words],
            cwd=PROJECT,
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def ps(self) -> dict[str, Any]:
        return json.loads(self.caunoi("ps", "--json").stdout)

    def pids(self) -> dict[str, int | None]:
        seen = self.ps()
        flat = {**seen["services"], **{name: seen[name] for name in ("gateway", "nats", "postgres")}}
        return {name: part["pid"] for name, part in flat.items()}

    @property
    def has_ended(self) -> bool:
        return self.supervisor is None or self.supervisor.poll() is not None

    def end(self) -> float:
        """Ask for an end as Ctrl-C does; the seconds it took."""
        began = time.monotonic()
        if self.supervisor and not self.has_ended:
            self.supervisor.send_signal(signal.SIGTERM)
            self.supervisor.wait(60)
        return time.monotonic() - began

    @property
    def _environment(self) -> dict[str, str]:
        return {**os.environ, "CAUNOI_HOME": str(self.home), **self.environment}


def wait_until(fact: Callable[[], bool], said: str, show: Callable[[], str] = str, patience_s: float = 60) -> None:
    deadline = time.monotonic() + patience_s
    while not fact():
        assert time.monotonic() < deadline, f"not within {patience_s} s: {said}\n{show()}"
        time.sleep(0.02)


def is_alive(pid: int | None) -> bool:
    stat = Path(f"/proc/{pid}/stat")
    return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] != "Z"


@pytest.fixture(scope="session")
def prepared_home() -> Iterator[Path]:
    """Data of a house that was started once: to copy it is quicker than to make databases for each test."""
    house = House(Path(tempfile.mkdtemp(prefix="caunoi-house-"))).up()
    house.end()
    while (house.home / "postgres" / "data" / "postmaster.pid").exists():  # a busy machine gave it no time to end
        house.up().end()
    yield house.home
    shutil.rmtree(house.folder)


@pytest.fixture
def new_house() -> Iterator[Callable[[], House]]:
    """An empty one, not started."""
    made: list[House] = []

    def new() -> House:
        made.append(House(Path(tempfile.mkdtemp(prefix="caunoi-house-"))))
        return made[-1]

    yield new
    for house in made:
        house.end()
        shutil.rmtree(house.folder)


@pytest.fixture
def house(new_house: Callable[[], House], prepared_home: Path) -> House:
    """One that runs, for tests that hurt it."""
    house = new_house()
    subprocess.run(["cp", "-a", prepared_home, house.home], check=True)
    return house.up()


@pytest.fixture(scope="module")
def standing_house() -> Iterator[House]:
    """One for tests that only look, or after which it stands again."""
    house = House(Path(tempfile.mkdtemp(prefix="caunoi-house-"))).up()
    yield house
    house.end()
    shutil.rmtree(house.folder)
