"""Waiting for a signal, a child's end or a moment, whichever comes first, in one thread."""

import contextlib
import select
import signal
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from types import FrameType

CAUGHT = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD)


@dataclass
class Signals:
    """Counts what asked us to end; `wait` returns early at any signal."""

    reader: socket.socket
    endings: int = 0

    @property
    def end_asked(self) -> bool:
        return self.endings > 0

    def wait(self, seconds: float) -> None:
        if select.select([self.reader], [], [], seconds)[0]:
            self.reader.recv(4096)


@contextlib.contextmanager
def caught_signals() -> Iterator[Signals]:
    """Catch what ends us, and the ends of children.

    A terminal's end stays ignored where we were told so (`nohup`). An interrupt never does: a script's `make run &`
    starts us with it ignored, and who then sends it means it.
    """
    reader, writer = socket.socketpair()
    reader.setblocking(False)
    writer.setblocking(False)
    signals = Signals(reader)

    def note(signum: int, _: FrameType | None) -> None:
        signals.endings += signum != signal.SIGCHLD

    caught = [signum for signum in CAUGHT if signum != signal.SIGHUP or signal.getsignal(signum) is not signal.SIG_IGN]
    before = {signum: signal.signal(signum, note) for signum in caught}
    signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False)
    try:
        yield signals
    finally:
        signal.set_wakeup_fd(-1)
        for signum, handler in before.items():
            signal.signal(signum, handler)
        reader.close()
        writer.close()
