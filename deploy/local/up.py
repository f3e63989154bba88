"""`caunoi up`: from nothing to a running house, and its end. What `make run` calls."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from deploy.local.clock_file import read_offset, set_time, time_here
from deploy.local.failures import CannotStart
from deploy.local.home import Home
from deploy.local.http import Client
from deploy.local.installation import Installation, plan
from deploy.local.nats import DEFAULT_SYNC_INTERVAL
from deploy.local.ports import is_free
from deploy.local.services import Words
from deploy.local.signals import Signals, caught_signals
from deploy.local.state import end_leftovers
from deploy.local.supervisor import Supervisor
from deploy.local.welcome import Progress, local_time, welcome

READY_PATIENCE_S = 180.0
"""A first start loads the sample province; on a slow machine that may take a minute."""


LOOK_S = 0.05


@dataclass(frozen=True)
class Wishes:
    """What the person asked for. `now` is aware; `words` is how services are called, if not as usual."""

    port: int = 8000
    now: datetime | None = None
    sync_interval: str = DEFAULT_SYNC_INTERVAL
    words: Words | None = None


def up(home: Home, wishes: Wishes, say: Callable[[str], None]) -> None:
    """Run until told to end. Raises `CannotStart` with a sentence."""
    home.check_disk()
    os.umask(0o077)
    with caught_signals() as signals, home.open().lock():
        began = time.monotonic()
        left = end_leftovers(home)
        if left:
            say(f"Đã dọn phần còn sót lại · ended what a killed start left: {', '.join(left)}")
        _check_port(wishes.port)
        installation = plan(home, wishes.port, wishes.sync_interval, wishes.words)
        say(f"Cầu Nối khởi động · starting in {home.folder}")
        _set_clock(home, wishes.now, say)
        first_start = installation.is_new
        if first_start:
            say("  Lần đầu: tạo cơ sở dữ liệu · first start: making the databases")
        installation.prepare()
        _supervise(installation, signals, first_start, began, say)


def _supervise(
    installation: Installation, signals: Signals, first_start: bool, began: float, say: Callable[[str], None]
) -> None:
    supervisor = Supervisor(installation.children(), installation.home.logs, installation.record, say)
    try:
        supervisor.tend()  # the servers start while we import
        installation.load(first_start)
        if _become_ready(supervisor, installation, signals, began, say):
            say(welcome(installation, time.monotonic() - began))
        while not signals.end_asked:
            signals.wait(supervisor.tend())
        say("\nĐang dừng · stopping")
    finally:
        supervisor.end()
    say("Đã dừng · stopped")


def _become_ready(
    supervisor: Supervisor, installation: Installation, signals: Signals, began: float, say: Callable[[str], None]
) -> bool:
    """True when the front door says that all is ready; False when we were asked to end first."""
    progress = Progress(say, began)
    front = Client(installation.gateway.url, patience_s=1.0)
    while not signals.end_asked:
        pause = supervisor.tend()
        progress.children(supervisor)
        if supervisor.all_ready and progress.front_door(front.get("/readyz")):
            return True
        if supervisor.hopeless:
            name = supervisor.hopeless
            raise CannotStart(f"{name} does not start. Its last words:\n{supervisor.last_words(name)}")
        if time.monotonic() - began > READY_PATIENCE_S:
            raise CannotStart(f"Not ready after {READY_PATIENCE_S:.0f} s: {progress.missing}. See: caunoi doctor")
        signals.wait(min(pause, LOOK_S))
    return False


def _check_port(port: int) -> None:
    if not is_free(port):
        raise CannotStart(f"Port {port} is taken by another program. Choose another: make run PORT={port + 80}")


def _set_clock(home: Home, now: datetime | None, say: Callable[[str], None]) -> None:
    """Time never goes back on kept data: what happened would lie in the future."""
    if now and (not home.clock.exists() or now > time_here(home.clock)):
        set_time(home.clock, now)
    elif now:
        say("  --now is earlier than this installation's own time, which stays. (caunoi reset begins anew.)")
    if read_offset(home.clock):
        say(f"  Đồng hồ đặt ở · the clock is set to {local_time(time_here(home.clock))}")
