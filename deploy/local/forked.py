"""Children that are forks of the supervisor instead of new Pythons.

The three services import the same libraries: 60 MB and a second of work each. The supervisor imports them once and
forks; the children share these pages, and one that died is back at once. It has one thread and no event loop, so that
nothing is cut off in the middle. Where fork is no good idea (macOS), a service is a program of its own.
"""

import gc
import os
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from deploy.local.death import die_with
from deploy.local.signals import CAUGHT

CAN_FORK = sys.platform.startswith("linux")
LOOK_S = 0.01


@dataclass(frozen=True)
class Work:
    """What a fork does until it is told to stop, and the settings it finds in its environment."""

    name: str
    run: Callable[[], None]
    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    stop: signal.Signals = signal.SIGTERM


class Forked:
    """A fork, with the few methods of `subprocess.Popen` that a supervisor needs."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Its exit code, negative for a signal; None while it lives."""
        if self.returncode is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        deadline = None if timeout is None else time.monotonic() + timeout
        while (code := self.poll()) is None:
            if deadline is not None and timeout is not None and time.monotonic() > deadline:
                raise subprocess.TimeoutExpired("fork", timeout)
            time.sleep(LOOK_S)
        return code

    def send_signal(self, signum: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, signum)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


def fork(work: Work, output: Path) -> Forked:
    """Let a fork of us do the work; its words are appended to `output`."""
    parent = os.getpid()
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid:
        return Forked(pid)
    code = 1
    try:
        _become_a_child(work, output, parent)
        work.run()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def share_memory() -> None:
    """Before the first fork: what is loaded now is here to stay, and the collector need not touch its pages."""
    gc.collect()
    gc.freeze()


def _become_a_child(work: Work, output: Path, parent: int) -> None:
    """Keep nothing of the supervisor: its lock, its sockets, its signals, its terminal."""
    signal.set_wakeup_fd(-1)
    for signum in CAUGHT:
        signal.signal(signum, signal.SIG_DFL)
    os.setsid()
    die_with(parent, work.stop)
    nothing = os.open(os.devnull, os.O_RDONLY)
    log = os.open(output, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    for descriptor, number in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(descriptor, number)
    os.closerange(3, os.sysconf("SC_OPEN_MAX"))
    sys.stdout, sys.stderr = (os.fdopen(number, "w", buffering=1, closefd=False) for number in (1, 2))
    os.environ.update(work.environment)
