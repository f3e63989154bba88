"""On Linux the kernel tells a child when its parent dies, however it dies."""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1
_LIBC: ctypes.CDLL | None = ctypes.CDLL(None) if sys.platform.startswith("linux") else None


def die_with(parent: int, stop: signal.Signals) -> None:
    """Called in the child: from now on the end of `parent` sends `stop`; if it has ended already, so do we.

    A change of user clears this wish, so call it after.
    """
    if _LIBC is None:
        return
    _LIBC.prctl(_PR_SET_PDEATHSIG, int(stop), 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)
