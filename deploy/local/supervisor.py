"""Keeps children running: starts each when what it needs is ready, restarts alone the one that dies, ends all in order.

One thread, no event loop: its memory counts for a laptop. `tend` is one look at everything.
"""

import shutil
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from deploy.local import process
from deploy.local.births import Birth, birth_of
from deploy.local.forked import Work, fork
from deploy.local.process import Command, Process

BACK_OFF_S = (0.0, 0.2, 0.5, 1.0, 2.0, 4.0, 5.0)
"""Wait before the first, second, … restart in a row."""
STEADY_S = 10.0
"""A child that lived as long has earned a restart at once again."""
END_WITHIN_S = 4.5
"""For the end of everything. What the first to end do not need of it the last ones have: PostgreSQL may have much to
write down."""
LOG_BYTES = 10_000_000
KEEPS_DYING = 3


@dataclass(frozen=True)
class Child:
    """A program to keep running. `patience_s` is what it gets for a clean end at least."""

    name: str
    command: Command | Work
    port: int
    is_ready: Callable[[int], bool]
    """Takes its pid; may look at ports and files, must not wait long."""
    before_start: Callable[[], None] = lambda: None
    needs: tuple[str, ...] = ()
    patience_s: float = 1.0


@dataclass
class Watched:
    """A child and what became of it."""

    child: Child
    process: Process | None = None
    birth: Birth | None = None
    started_at: float = 0.0
    start_at: float = 0.0
    restarts: int = 0
    in_a_row: int = 0
    was_ready: bool = False

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None


@dataclass
class Supervisor:
    """Children in the order in which they start; they end in the opposite order.

    `changed` is told after each start and death; `say` shows a line to the person at the terminal.
    """

    children: Sequence[Child]
    logs: Path
    changed: Callable[[Mapping[str, Watched]], None]
    say: Callable[[str], None]
    watched: dict[str, Watched] = field(default_factory=dict[str, Watched])

    def __post_init__(self) -> None:
        self.watched = {child.name: Watched(child) for child in self.children}

    def tend(self) -> float:
        """Bury, restart, note readiness. Returns the seconds until the next look is due at the latest."""
        for watched in self.watched.values():
            if watched.process is not None and not watched.is_running:
                self._bury(watched, watched.process.wait())
            if watched.process is None and self._may_start(watched):
                self._start(watched)
            if watched.is_running and not watched.was_ready and watched.process:
                watched.was_ready = watched.child.is_ready(watched.process.pid)
            self._bound_log(watched.child.name)
        return self._next_look()

    @property
    def all_ready(self) -> bool:
        return all(watched.was_ready for watched in self.watched.values())

    @property
    def hopeless(self) -> str | None:
        """A child that dies again and again and never was ready: a start with it will not succeed."""
        for name, watched in self.watched.items():
            if watched.in_a_row > KEEPS_DYING and not watched.was_ready:
                return name
        return None

    def end(self) -> None:
        """End all, last started first: services finish what they are doing while the servers still answer."""
        began = time.monotonic()
        *groups, last = self._ending_order()
        for group in groups:
            _end_together(group)
        _end_together(last, began + END_WITHIN_S)
        for watched in self.watched.values():
            watched.process = watched.birth = None
        self.changed(self.watched)

    def last_words(self, name: str, lines: int = 12) -> str:
        """The end of a child's log."""
        try:
            with (self.logs / f"{name}.log").open("rb") as file:
                file.seek(max(0, file.seek(0, 2) - 20_000))
                said = file.read().decode(errors="replace").splitlines()[-lines:]
        except FileNotFoundError:
            said = []
        return "\n".join(f"    {line}" for line in said)

    def _may_start(self, watched: Watched) -> bool:
        first = watched.restarts == 0
        needs_met = all(self.watched[name].was_ready for name in watched.child.needs)
        return time.monotonic() >= watched.start_at and (needs_met or not first)

    def _start(self, watched: Watched) -> None:
        watched.child.before_start()
        command, log = watched.child.command, self.logs / f"{watched.child.name}.log"
        watched.process = fork(command, log) if isinstance(command, Work) else process.start(command, log)
        watched.birth = birth_of(watched.process.pid)
        watched.started_at = time.monotonic()
        self.changed(self.watched)

    def _bury(self, watched: Watched, code: int) -> None:
        lived = time.monotonic() - watched.started_at
        watched.in_a_row = 1 if lived > STEADY_S else watched.in_a_row + 1
        wait = BACK_OFF_S[min(watched.in_a_row, len(BACK_OFF_S)) - 1]
        watched.start_at = time.monotonic() + wait
        watched.restarts += 1
        watched.process = watched.birth = None
        self.changed(self.watched)
        self.say(f"{watched.child.name} ended ({_how(code)}) and is started again{f' in {wait} s' if wait else ''}.")
        if watched.in_a_row == KEEPS_DYING:
            self.say(f"{watched.child.name} keeps ending. Its last words:\n{self.last_words(watched.child.name)}")

    def _next_look(self) -> float:
        now = time.monotonic()
        due = [max(0.0, w.start_at - now) for w in self.watched.values() if w.process is None and w.restarts]
        starting = 0.02 if not self.all_ready else 5.0
        return min([starting, *due])

    def _ending_order(self) -> list[list[Watched]]:
        """Groups that end together: those that need others before those that they need."""
        left = dict(self.watched)
        groups: list[list[Watched]] = []
        while left:
            needed = {name for watched in left.values() for name in watched.child.needs}
            names = [name for name in left if name not in needed] or list(left)
            groups.append([left.pop(name) for name in names])
        return groups

    def _bound_log(self, name: str) -> None:
        """Keep one older log. Children append, so an emptied file goes on from its beginning."""
        log = self.logs / f"{name}.log"
        try:
            if log.stat().st_size > LOG_BYTES:
                shutil.copyfile(log, log.with_suffix(".log.1"))
                log.write_bytes(b"")
        except OSError:  # not there yet, or a full disk: the next look tries again
            return


def _end_together(group: Sequence[Watched], until: float = 0.0) -> None:
    """Ask all, then wait for all; the patience runs for all at the same time, and at least `until` then."""
    asked_at = time.monotonic()
    running = [(watched.child, watched.process) for watched in group if watched.process and watched.is_running]
    for child, running_process in running:
        running_process.send_signal(child.command.stop)
    for child, running_process in running:
        left = max(asked_at + child.patience_s, until) - time.monotonic()
        process.wait_or_kill(running_process, max(0.0, left))


def _how(code: int) -> str:
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
