"""A child process: how it is started, how it dies with us, how it is ended."""

import contextlib
import os
import signal
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from deploy.local.death import die_with
from deploy.local.unprivileged import Account


class Process(Protocol):
    """What `subprocess.Popen` and a fork have in common."""

    pid: int

    def poll(self) -> int | None: ...
    def wait(self, timeout: float | None = None) -> int: ...
    def send_signal(self, signum: int, /) -> None: ...
    def kill(self) -> None: ...


@dataclass(frozen=True)
class Command:
    """What to run. `stop` is the signal that asks this program for a clean end."""

    words: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    stop: signal.Signals = signal.SIGTERM
    account: Account | None = None
    folder: Path | None = None


def start(command: Command, output: Path | None = None) -> subprocess.Popen[bytes]:
    """Run it with its words appended to the file `output` (nowhere, if None).

    A session of its own keeps a terminal's Ctrl-C from it: who started it ends it. On Linux the kernel sends it
    `stop` when we die, however we die.
    """
    sink = output.open("ab") if output else contextlib.nullcontext(subprocess.DEVNULL)
    with sink as file:
        return subprocess.Popen(
            command.words,
            env={**os.environ, **command.environment},
            cwd=command.folder,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=_before_exec(command, os.getpid()),  # noqa: PLW1509  (we start children from one thread)
        )


def end(process: Process, stop: signal.Signals, patience_s: float) -> None:
    """Ask for an end, wait, insist."""
    if process.poll() is None:
        process.send_signal(stop)
        wait_or_kill(process, patience_s)


def wait_or_kill(process: Process, patience_s: float) -> None:
    """Wait for an end that was asked for; insist when it does not come."""
    try:
        process.wait(patience_s)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _before_exec(command: Command, parent: int) -> Callable[[], None]:
    def prepare() -> None:
        os.umask(0o077)
        if command.account:
            command.account.become()
        die_with(parent, command.stop)

    return prepare
