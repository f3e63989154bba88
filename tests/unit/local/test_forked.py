"""Forked children behave like programs: a log, an exit code, an end on demand, nothing kept of their parent."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from deploy.local.forked import CAN_FORK, Forked, Work, fork

pytestmark = pytest.mark.skipif(not CAN_FORK, reason="only where services are forks")


def finished(work: Work, log: Path) -> Forked:
    child = fork(work, log)
    child.wait(10)
    return child


def test_its_words_go_to_its_log_and_its_settings_come_by_environment(tmp_path: Path) -> None:
    log = tmp_path / "log"
    child = finished(Work("one", lambda: print(os.environ["GREETING"]), {"GREETING": "xin chào"}), log)
    assert child.returncode == 0
    assert log.read_text() == "xin chào\n"
    assert "GREETING" not in os.environ


def test_an_exception_is_an_exit_code_and_a_traceback_in_the_log(tmp_path: Path) -> None:
    log = tmp_path / "log"
    child = finished(Work("one", lambda: print(1 // 0)), log)
    assert child.returncode == 1
    assert "ZeroDivisionError" in log.read_text()


def test_an_exit_code_is_kept(tmp_path: Path) -> None:
    assert finished(Work("one", lambda: sys.exit(7)), tmp_path / "log").returncode == 7


def test_it_ends_by_a_signal_and_says_so(tmp_path: Path) -> None:
    child = fork(Work("one", lambda: time.sleep(60)), tmp_path / "log")
    assert child.poll() is None
    with pytest.raises(subprocess.TimeoutExpired):
        child.wait(0.05)
    child.send_signal(signal.SIGTERM)
    assert child.wait(5) == -signal.SIGTERM
    child.kill()  # no longer ours: nothing happens


def test_it_keeps_no_file_of_its_parent(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with (tmp_path / "lock").open("w") as lock:
        kept = Path(f"/proc/self/fd/{lock.fileno()}")
        finished(Work("one", lambda: print(kept.exists())), log)
    assert log.read_text() == "False\n"
