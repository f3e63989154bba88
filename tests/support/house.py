"""The real house for tests, held by what a stranger has: HTTP, the `caunoi` command, signals, and what `ps` says.

A first start loads the sample province (some ten seconds). It is done once a run; every house of the run begins with a
copy of that data folder and is ready within a few seconds.
"""

import fcntl
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import httpx

from deploy.local import process
from deploy.local.ports import free_port
from shared.web.trust import trusted

T = TypeVar("T")
MORNING = "2026-11-25T09:00:00+07:00"
"""A Wednesday on which everybody works: where the clock of these houses begins."""
PATIENCE_S = 60.0
"""How long a test waits for what takes milliseconds: other programs may have the machine."""
_BEFORE = "2026-11-25T08:50:00+07:00"
_CAUNOI = str(Path(sys.executable).with_name("caunoi"))
_KEPT_FROM_COPIES = ("lock", "state.json", "logs")


class House:
    """`caunoi up` in a folder of its own on a free port. All times are seconds."""

    def __init__(self, folder: Path, settings: Mapping[str, str] | None = None) -> None:
        """`settings`: told to its services by environment."""
        self.folder = folder
        self._settings = settings or {}
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self._output = folder.with_suffix(".log")
        self._tokens: dict[tuple[str, ...], str] = {}
        self._process: subprocess.Popen[bytes] | None = None

    def up(self, now: str = MORNING, patience_s: float = 240) -> None:
        """Start it and wait until it says that it is ready."""
        self.folder.mkdir(parents=True, exist_ok=True)
        words = (_CAUNOI, "up", "--now", now, "--port", str(self.port))
        self._process = process.start(process.Command(words, self._environment), self._output)
        wait_until(lambda: "ready. " in self.output and "logs:" in self.output, patience_s, self._why_not, 0.2)
        self.wait_until_ready(patience_s)

    def end(self) -> None:
        """As Ctrl-C would."""
        if self._process:
            process.end(self._process, signal.SIGTERM, PATIENCE_S)

    @property
    def ended_cleanly(self) -> bool:
        """PostgreSQL was not killed while it wrote down the last: what lies in the folder may be copied."""
        return not (self.folder / "postgres" / "data" / "postmaster.pid").exists()

    @property
    def output(self) -> str:
        """What it printed since the first start."""
        return self._output.read_text() if self._output.exists() else ""

    def sign_in_links(self) -> list[str]:
        """One-time links as printed: operator, member, commune supervisor, province supervisor."""
        return re.findall(r"http://\S+/sign-in\S+", self.output)

    def caunoi(self, *words: str, patience_s: float = 120) -> str:
        """What the command prints. AssertionError with its sentence where it refuses."""
        done = subprocess.run(
            (_CAUNOI, *words),
            env={**os.environ, **self._environment},
            capture_output=True,
            text=True,
            timeout=patience_s,
            check=False,
        )
        assert done.returncode == 0, f"caunoi {' '.join(words)}: {done.stderr or done.stdout}"
        return done.stdout.strip()

    def ps(self) -> dict[str, Any]:
        return json.loads(self.caunoi("ps", "--json"))

    def pid(self, child: str) -> int | None:
        """Of `postgres`, `nats`, `gateway` or a service; None while it is down."""
        seen = self.ps()
        return (seen["services"] | seen)[child]["pid"]

    def clock(self, to: str) -> None:
        """Move the clock of all services; returns when everything due until then has happened."""
        self.caunoi("clock", to)

    def token(self, role: str, *words: str) -> str:
        """`token("member", "--team", "24118-01")`; each is asked for once."""
        if (role, *words) not in self._tokens:
            self._tokens[role, *words] = self.caunoi("token", "--role", role, *words)
        return self._tokens[role, *words]

    def caller(self, role: str | None = None, *words: str, **headers: str) -> httpx.Client:
        """Somebody who calls the front door, with a token where a role is named. To be closed by whoever asked."""
        signed = {"authorization": f"Bearer {self.token(role, *words)}"} if role else {}
        return httpx.Client(
            base_url=self.address,
            headers=signed | headers,
            verify=trusted(),
            timeout=PATIENCE_S,
            trust_env=False,
        )

    def is_ready(self) -> bool:
        try:
            return httpx.get(f"{self.address}/readyz", verify=trusted(), timeout=10, trust_env=False).status_code == 200
        except httpx.HTTPError:
            return False

    def wait_until_ready(self, patience_s: float = 30) -> None:
        wait_until(self.is_ready, patience_s, lambda: f"{self.address}/readyz is not 200", 0.2)

    @property
    def _environment(self) -> Mapping[str, str]:
        return {**self._settings, "CAUNOI_HOME": str(self.folder)}

    def _why_not(self) -> str:
        return f"the house did not become ready:\n{self.output[-3000:]}"


def wait_until(
    look: Callable[[], T | None],
    patience_s: float = PATIENCE_S,
    why: Callable[[], str] = lambda: "it did not happen",
    pause_s: float = 0.1,
) -> T:
    """The first truthy value that `look` gives. AssertionError with `why` after `patience_s`."""
    deadline = time.monotonic() + patience_s
    while not (found := look()):
        assert time.monotonic() < deadline, why()
        time.sleep(pause_s)
    return found


@contextmanager
def own_house(shared: Path, settings: Mapping[str, str] | None = None) -> Iterator[House]:
    """A running house with the sample province and nothing else. `shared`: a folder that all pytest processes know."""
    folder = Path(tempfile.mkdtemp(prefix="caunoi-house-"))
    folder.chmod(0o711)
    house = House(folder / "home", settings)
    _copy(_loaded_sample(shared), house.folder)
    try:
        house.up()
        yield house
    finally:
        house.end()
        shutil.rmtree(folder, ignore_errors=True)


def moment(text: str) -> datetime:
    """A time as the API writes it."""
    return datetime.fromisoformat(text)


@cache
def _loaded_sample(shared: Path) -> Path:
    """A data folder as a first start leaves it, made by whichever process comes first."""
    loaded = shared / "loaded-house" / "home"
    with (shared / "loaded-house.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not loaded.exists():
            house = House(shared / "first-house" / "home")
            shared.chmod(0o711)
            house.up(_BEFORE)
            house.end()
            while not house.ended_cleanly:  # on a busy machine it had no time to
                house.up(_BEFORE)
                house.end()
            _copy(house.folder, loaded)
            shutil.rmtree(house.folder.parent, ignore_errors=True)
    return loaded


def _copy(folder: Path, to: Path) -> None:
    """With owners and rights: PostgreSQL's data may belong to another user."""
    to.parent.mkdir(parents=True, exist_ok=True)
    unfinished = to.with_name(f"{to.name}.unfinished")
    subprocess.run(("cp", "-a", "--reflink=auto", str(folder), str(unfinished)), check=True)
    for name in _KEPT_FROM_COPIES:
        path = unfinished / name
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    unfinished.rename(to)
