"""PostgreSQL refuses to run as root. Started by root, it runs as `nobody`; started by anybody else, as they are.

`nobody` must reach the data folder and the programs, which may lie below a closed folder (`/root`, a 0700 temporary
folder, a clone made with umask 077). Opening other people's folders is not ours to do, nor is moving the data away
from where the person asked for it. So, only then, the child keeps one single capability over the change of user,
CAP_DAC_OVERRIDE: it may pass closed folders, and is nobody in all else. See `man 7 capabilities`, "Ambient".
"""

import ctypes
import os
import pwd
import shutil
from dataclasses import dataclass
from pathlib import Path

from deploy.local.failures import CannotStart

_CAP_DAC_OVERRIDE = 1
_PR_SET_KEEPCAPS, _PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE = 8, 47, 2
_CAPABILITY_VERSION_3 = 0x20080522


@dataclass(frozen=True)
class Account:
    """The user a child becomes, and whether it may still pass closed folders."""

    uid: int
    gid: int
    passes_closed_folders: bool = False

    def become(self) -> None:
        """To be called in the child, between fork and exec."""
        os.setgroups([])
        os.setgid(self.gid)
        if self.passes_closed_folders:
            _prctl(_PR_SET_KEEPCAPS, 1)
        os.setuid(self.uid)
        if self.passes_closed_folders:
            _keep_only(_CAP_DAC_OVERRIDE)

    def own(self, path: Path) -> None:
        """Give this account a file or a folder."""
        shutil.chown(path, self.uid, self.gid)


def account_reaching(*paths: Path) -> Account | None:
    """Who PostgreSQL runs as so that it reaches all of `paths`; None means as ourselves, who are not root.

    Raises `CannotStart` where neither folders nor capabilities allow it.
    """
    if os.geteuid() != 0:
        return None
    nobody = pwd.getpwnam("nobody")
    closed = [path for path in paths if not _open_to_all(path)]
    if closed and not _have_capability(_CAP_DAC_OVERRIDE):
        raise CannotStart(
            f"PostgreSQL does not run as root, and the user 'nobody' cannot reach {closed[0]}. "
            "Start as another user, or set CAUNOI_HOME to a folder that others may pass (chmod o+x)."
        )
    return Account(nobody.pw_uid, nobody.pw_gid, passes_closed_folders=bool(closed))


def _open_to_all(path: Path) -> bool:
    real = path.resolve()
    parents_open = all(parent.stat().st_mode & 0o001 for parent in real.parents)
    return parents_open and (real.is_dir() or real.stat().st_mode & 0o005 == 0o005)


def _have_capability(bit: int) -> bool:
    try:
        status = Path("/proc/self/status").read_text()
    except OSError:
        return False
    mask = next((line.split()[1] for line in status.splitlines() if line.startswith("CapPrm:")), "0")
    return bool(int(mask, 16) >> bit & 1)


def _keep_only(bit: int) -> None:
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    one = 1 << bit
    data = (ctypes.c_uint32 * 6)(one, one, one, 0, 0, 0)
    if ctypes.CDLL(None, use_errno=True).capset(header, data) != 0:
        raise OSError(ctypes.get_errno(), "capset")
    _prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, bit)


def _prctl(option: int, *arguments: int) -> None:
    padded = [ctypes.c_ulong(value) for value in (*arguments, 0, 0, 0, 0)[:4]]
    if ctypes.CDLL(None, use_errno=True).prctl(option, *padded) != 0:
        raise OSError(ctypes.get_errno(), "prctl")
