"""The data folder: everything an installation keeps lies here, under names that say what it is."""

import fcntl
import json
import os
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from deploy.local.failures import CannotStart
from deploy.local.postgres import new_passwords

NEEDED_FIRST, NEEDED_LATER = 300_000_000, 60_000_000
"""Bytes on the disk: a first start writes about 150 MB (three databases, their journal), a later one little."""


@dataclass(frozen=True)
class Secrets:
    """Made at random once, readable by the owner alone."""

    key: str
    passwords: dict[str, str]


@dataclass(frozen=True)
class Home:
    """Paths below the data folder."""

    folder: Path

    @property
    def postgres(self) -> Path:
        return self.folder / "postgres"

    @property
    def nats(self) -> Path:
        return self.folder / "nats"

    @property
    def caddy(self) -> Path:
        return self.folder / "caddy"

    @property
    def logs(self) -> Path:
        return self.folder / "logs"

    @property
    def clock(self) -> Path:
        return self.folder / "clock.json"

    @property
    def state(self) -> Path:
        return self.folder / "state.json"

    def open(self) -> "Home":
        """Make what is missing. Others may pass through the folder (PostgreSQL's user must) but not look into it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o711)
        for folder in (self.logs, self.caddy):
            folder.mkdir(exist_ok=True, mode=0o700)
        return self

    def check_disk(self) -> None:
        """Raise `CannotStart` when the disk has no room for a start."""
        nearest = next(path for path in (self.folder, *self.folder.parents) if path.exists())
        needed = NEEDED_LATER if self.postgres.exists() else NEEDED_FIRST
        free = shutil.disk_usage(nearest).free
        if free < needed:
            raise CannotStart(
                f"The disk is full: {self.folder} has {free // 1_000_000} MB left, a start needs "
                f"{needed // 1_000_000} MB. Free some room, or set CAUNOI_HOME to a folder on another disk."
            )

    def lock(self) -> IO[str]:
        """Be the only supervisor of this folder, until the returned file is closed or we die."""
        file = (self.folder / "lock").open("a+")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            holder = file.read().strip() or "unknown"
            file.close()
            raise CannotStart(
                f"Cầu Nối already runs in {self.folder} (process {holder}). Use that one, end it with Ctrl-C, "
                "or set CAUNOI_HOME to another folder."
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        return file

    def is_locked(self) -> bool:
        """Does a supervisor run here?"""
        if not self.folder.exists():
            return False
        try:
            self.lock().close()
        except CannotStart:
            return True
        return False

    def secrets(self) -> Secrets:
        """Those of this installation, made at its first start."""
        path = self.folder / "secrets.json"
        if not path.exists():
            write_json(path, asdict(Secrets(os.urandom(32).hex(), new_passwords())))
        return Secrets(**json.loads(path.read_text()))


def home_from_environment() -> Home:
    """`CAUNOI_HOME`, else `.caunoi` in the project's folder, wherever the command is called."""
    project = Path(__file__).resolve().parents[2]
    return Home(Path(os.environ.get("CAUNOI_HOME") or project / ".caunoi").expanduser().resolve())


def write_json(path: Path, value: Any) -> None:
    """Write a file that only we may read, all of it or nothing."""
    unfinished = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(value, file, indent=2)
    unfinished.replace(path)
