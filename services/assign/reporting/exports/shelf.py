"""Files that are being made or lie ready, a folder each. The folders are the truth: any process that shares them knows.

Whoever makes a file holds a lock on its folder for as long, and loses it by dying: what is neither ready nor locked is
a dead process's, and is swept away at the next start at the latest.
"""

import fcntl
import json
import re
import shutil
import time
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import IO, Literal
from uuid import uuid4

KEPT_S = 3600
State = Literal["making", "packing", "ready", "failed"]
_ID = re.compile(r"[0-9a-f]{32}")
_FILE, _LOCK, _STATE = "file", "lock", "state.json"


@dataclass(frozen=True, slots=True)
class Export:
    """A file of `who`; `name` is what a browser calls it, `rows` of `total` are written."""

    id: str
    who: str
    name: str
    total: int
    rows: int = 0
    state: State = "making"

    @property
    def under_way(self) -> bool:
        return self.state in ("making", "packing")


class Shelf:
    """All exports in one folder, which is made when the first one is."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def begin(self, who: str, name: str, total: int) -> "Making":
        """Its folder appears at once with its lock held and its state written. OSError: nothing can be written."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        export = Export(uuid4().hex, who, name, total)
        new = self.folder / f".{export.id}"
        new.mkdir(mode=0o700)
        lock = (new / _LOCK).open("wb")
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        _write(new, export)
        return Making(new.rename(self.folder / export.id), export, lock)

    def find(self, id: str, who: str) -> Export | None:
        """None for what is somebody else's, too."""
        found = self._read(self.folder / id) if _ID.fullmatch(id) else None
        return found if found and found.who == who else None

    def under_way(self, who: str) -> Export | None:
        """What this person waits for."""
        return next((one for one in self._all() if one.who == who and one.under_way), None)

    def file_of(self, export: Export) -> Path:
        return self.folder / export.id / _FILE

    def sweep(self, kept_s: float = KEPT_S) -> None:
        """Take away what is older than `kept_s` seconds of real time, and what a dead process had written."""
        for folder in self.folder.iterdir() if self.folder.is_dir() else ():
            found = self._read(folder)
            if found and found.state == "failed":
                _empty(folder)
            if not (found and found.under_way) and _age_s(folder) > kept_s:
                shutil.rmtree(folder, ignore_errors=True)

    def _all(self) -> list[Export]:
        folders = self.folder.iterdir() if self.folder.is_dir() else ()
        return [found for folder in folders if _ID.fullmatch(folder.name) and (found := self._read(folder))]

    def _read(self, folder: Path) -> Export | None:
        """As its state says; what nobody makes any more has failed."""
        try:
            export = Export(**json.loads((folder / _STATE).read_text(encoding="utf-8")))
        except (OSError, ValueError):
            return None
        return replace(export, state="failed") if export.under_way and not _is_locked(folder) else export


class Making:
    """One file under way; `folder` is its own, for parts too."""

    def __init__(self, folder: Path, export: Export, lock: IO[bytes]) -> None:
        self.folder, self.export, self._lock = folder, export, lock

    @property
    def file(self) -> Path:
        return self.folder / _FILE

    def has(self, rows: int, state: State = "making") -> None:
        """So many rows are written now."""
        self.export = replace(self.export, rows=rows, state=state)
        _write(self.folder, self.export)

    def give_up(self) -> None:
        """Nothing stays but the word that it failed."""
        _empty(self.folder)
        with suppress(OSError):  # a full disk, perhaps: without a lock it counts as failed all the same
            self.has(self.export.rows, "failed")
        self._lock.close()

    def finish(self) -> None:
        self.has(self.export.rows, "ready")
        self._lock.close()


def _write(folder: Path, export: Export) -> None:
    """At once or not at all: a reader never sees half of it."""
    new = folder / f"{_STATE}.new"
    new.write_text(json.dumps(asdict(export)), encoding="utf-8")
    new.replace(folder / _STATE)


def _empty(folder: Path) -> None:
    for file in folder.iterdir():
        if file.name != _STATE:
            file.unlink(missing_ok=True)


def _is_locked(folder: Path) -> bool:
    try:
        with (folder / _LOCK).open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def _age_s(folder: Path) -> float:
    try:
        return time.time() - folder.stat().st_mtime
    except OSError:
        return 0.0
