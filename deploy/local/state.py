"""What runs here: written by the supervisor at each change, read by every other command and by the next start."""

import json
import os
import signal
import time
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from deploy.local.births import Birth
from deploy.local.home import Home, write_json

PATIENCE_S = 3.0


@dataclass(frozen=True)
class ChildState:
    """One child as last seen. `stop` is the signal that ends it cleanly."""

    port: int
    stop: int
    process: Birth | None = None
    restarts: int = 0

    @property
    def pid(self) -> int | None:
        """Its number, if it is alive."""
        return self.process.pid if self.process and self.process.is_alive() else None


@dataclass(frozen=True)
class State:
    """The installation as last seen."""

    address: str
    children: Mapping[str, ChildState] = field(default_factory=dict[str, ChildState])

    def url(self, name: str) -> str:
        """Where a child answers, without the gateway."""
        return f"http://127.0.0.1:{self.children[name].port}"


def read_state(path: Path) -> State | None:
    """None where nothing was started yet."""
    try:
        stored = json.loads(path.read_text())
    except FileNotFoundError:
        return None
    children = {
        name: ChildState(**{**child, "process": Birth(**child["process"]) if child["process"] else None})
        for name, child in stored["children"].items()
    }
    return State(stored["address"], children)


def write_state(path: Path, state: State) -> None:
    write_json(path, asdict(state))


def end_leftovers(home: Home) -> list[str]:
    """End what a killed supervisor left running; the names of those. Call it with the lock held."""
    state = read_state(home.state)
    left = {name: child for name, child in (state.children if state else {}).items() if child.pid}
    for child in left.values():
        _signal(child, signal.Signals(child.stop))
    if not _all_gone(left.values(), PATIENCE_S):
        for child in left.values():
            _signal(child, signal.SIGKILL)
        _all_gone(left.values(), PATIENCE_S)
    return list(left)


def _signal(child: ChildState, signum: signal.Signals) -> None:
    pid = child.pid
    if pid:
        try:
            os.kill(pid, signum)
        except ProcessLookupError:
            return


def _all_gone(children: Iterable[ChildState], patience_s: float) -> bool:
    deadline = time.monotonic() + patience_s
    while any(child.pid for child in children):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
