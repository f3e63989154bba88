"""Which process a number means: a pid is used again, a pid with its time of birth is not."""

import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Birth:
    """A process for good: its number and when it was born (opaque; equal or not)."""

    pid: int
    born: str

    def is_alive(self) -> bool:
        """Does this very process still run? A zombie does not."""
        return birth_of(self.pid) == self


def birth_of(pid: int) -> Birth | None:
    """The process that has this number now, if any."""
    born = _born_in_proc(pid) if sys.platform.startswith("linux") else _born_by_psutil(pid)
    return Birth(pid, born) if born else None


def _born_in_proc(pid: int) -> str | None:
    """The boot and the ticks since then. Read directly: psutil would cost the supervisor memory and time."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (OSError, UnicodeDecodeError):
        return None
    fields = stat.rpartition(")")[2].split()
    state, ticks = fields[0], fields[19]
    if state in {"Z", "X"}:
        return None
    return f"{Path('/proc/sys/kernel/random/boot_id').read_text().strip()}/{ticks}"


def _born_by_psutil(pid: int) -> str | None:
    import psutil

    try:
        process = psutil.Process(pid)
        return None if process.status() == psutil.STATUS_ZOMBIE else f"{process.create_time():.2f}"
    except psutil.Error:
        return None
