"""What asks us to end is heard, however we were started."""

import os
import signal
from collections.abc import Iterator

import pytest

from deploy.local.signals import caught_signals


@pytest.fixture(params=[signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def ignored(request: pytest.FixtureRequest) -> Iterator[signal.Signals]:
    """As a script's `&` leaves an interrupt, and `nohup` the end of a terminal."""
    before = signal.signal(request.param, signal.SIG_IGN)
    yield request.param
    signal.signal(request.param, before)


def test_only_the_end_of_a_terminal_stays_ignored(ignored: signal.Signals) -> None:
    with caught_signals() as signals:
        os.kill(os.getpid(), ignored)
        signals.wait(0)
        assert signals.end_asked == (ignored != signal.SIGHUP)
    assert signal.getsignal(ignored) is signal.SIG_IGN, "as it was before"
