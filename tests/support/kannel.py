"""The real Kannel of Debian: bearerbox, smsbox, and fakesmsc as the network behind them, in a folder of their own.

They run by `deploy/kannel/run.sh`, as in the containers. What may be done to them: stopped, killed, started again.
"""

import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import quote_plus, unquote_to_bytes

import httpx

from deploy.local import process
from deploy.local.ports import free_port, is_free
from services.notify.channels.kannel_status import read_status
from tests.support.house import wait_until

Box = Literal["bearerbox", "smsbox"]
BOXES: tuple[Box, ...] = ("bearerbox", "smsbox")
RUN = Path(__file__).parents[2] / "deploy" / "kannel" / "run.sh"
FAKESMSC = Path("/usr/lib/kannel/test/fakesmsc")
NUMBER = "8077"
"""What people see and write to."""
_SECRETS = {
    "KANNEL_USERNAME": "caunoi",
    "KANNEL_PASSWORD": "a-password",
    "KANNEL_STATUS_PASSWORD": "a-status-password",
    "KANNEL_HOOK_SECRET": "a-secret-of-both-sides",
}
_SMS = re.compile(r"Got message \d+: <(\S+) (\S+) (text|ucs-2|udh) (.*)>$", re.MULTILINE)
_PART = re.compile(r"%05%00%03(%..|.)(%..|.)(%..|.) data (.*)")


def missing() -> str | None:
    """A sentence, where Debian's packages are not there."""
    if shutil.which("bearerbox", path=f"{os.environ['PATH']}:/usr/sbin") and FAKESMSC.exists():
        return None
    return "Kannel is not installed (on Debian: apt-get install kannel kannel-extras)"


@dataclass(frozen=True, slots=True)
class Sms:
    """One text on a phone, its parts joined."""

    sender: str
    to: str
    text: str
    parts: int = 1


class RealKannel:
    """All times are seconds."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        ports = [free_port() for _ in range(4)]
        self._admin, self._inner, self._sendsms, self._network_port = ports
        self._programs: dict[str, subprocess.Popen[bytes]] = {}
        self._network_log = folder / "network.log"
        self._hooks_url = ""

    @property
    def settings(self) -> Mapping[str, str]:
        """What notify is told."""
        here = {
            "KANNEL_URL": f"http://127.0.0.1:{self._sendsms}",
            "KANNEL_STATUS_URL": f"http://127.0.0.1:{self._admin}",
        }
        return {"CHANNELS": "kannel", "SMS_NUMBER": NUMBER, **here, **_SECRETS}

    def up(self, hooks_url: str, patience_s: float = 30) -> None:
        """Start all that does not run, and wait until messages flow."""
        self._hooks_url = hooks_url
        for box in BOXES:
            if not self._pids(box):
                self.start(box)
        if self._ended("network"):
            self.network()
        self.wait_until_well(patience_s)

    def start(self, box: Box) -> None:
        """Start one of the two. A port that the last one left is waited for."""
        port = self._inner if box == "bearerbox" else self._sendsms
        environment = {
            **_SECRETS,
            "KANNEL_HOME": str(self._folder),
            "KANNEL_HOOKS_URL": self._hooks_url,
            "KANNEL_SMSC": "fake",
            "KANNEL_ADMIN_PORT": str(self._admin),
            "KANNEL_BOX_PORT": str(self._inner),
            "KANNEL_SENDSMS_PORT": str(self._sendsms),
            "KANNEL_FAKE_PORT": str(self._network_port),
        }
        wait_until(lambda: is_free(port), 20, lambda: f"{box}'s port stays taken")
        command = process.Command(("sh", str(RUN), box), environment)
        self._programs[box] = process.start(command, self._folder / f"{box}.log")
        wait_until(lambda: not is_free(port), 20, lambda: f"{box} does not listen:\n{self.log(box)}")

    def network(self, *texts: tuple[str, str]) -> None:
        """The network connects (again), and a phone sends: (number, text), at once."""
        self.no_network()
        spoken = [f"{phone} {NUMBER} ucs2 {quote_plus(text.encode('utf-16-be'))}" for phone, text in texts]
        words = (str(FAKESMSC), "-H", "127.0.0.1", "-r", str(self._network_port), "-i", "0.1")
        command = process.Command((*words, "-m", str(len(texts)), *(spoken or ["1 2 text x"])))
        self._programs["network"] = process.start(command, self._network_log)

    def no_network(self) -> None:
        """The network hangs up: what is sent meanwhile waits in bearerbox's store."""
        if not self._ended("network"):
            process.end(self._programs["network"], signal.SIGTERM, 10)

    def kill(self, box: Box) -> None:
        """kill -9, also of what a box has become: smsbox starts itself anew when it loses bearerbox."""
        for pid in self._pids(box):
            os.kill(pid, signal.SIGKILL)
        wait_until(lambda: self._ended(box) and not self._pids(box), 10)

    def stop(self, box: Box, patience_s: float = 30) -> None:
        """As an administrator does."""
        for pid in self._pids(box):
            os.kill(pid, signal.SIGTERM)
        wait_until(lambda: self._ended(box) and not self._pids(box), patience_s)

    def down(self) -> None:
        """For good."""
        for box in reversed(BOXES):
            self.kill(box)
        self.no_network()

    def log(self, box: Box) -> str:
        return (self._folder / f"{box}.log").read_text(errors="replace")

    def status(self) -> str:
        """`status.xml`, empty while bearerbox is away."""
        try:
            password = _SECRETS["KANNEL_STATUS_PASSWORD"]
            page = httpx.get(
                f"http://127.0.0.1:{self._admin}/status.xml?password={password}", timeout=5, trust_env=False
            )
        except httpx.HTTPError:
            return ""
        return page.text

    def wait_until_well(self, patience_s: float = 30) -> None:
        wait_until(lambda: read_status(self.status()).state == "well", patience_s, lambda: f"not well: {self.status()}")

    def received(self) -> list[Sms]:
        """What reached phones since the first start, in the order in which each became whole."""
        printed = self._network_log.read_text(errors="replace") if self._network_log.exists() else ""
        return list(_joined(printed))

    def _ended(self, name: str) -> bool:
        return name not in self._programs or self._programs[name].poll() is not None

    def _pids(self, box: Box) -> list[int]:
        """Processes that run our own configuration of this box, whoever started them."""
        config = str(self._folder / f"{box}.conf").encode()
        return [int(at.parent.name) for at in Path("/proc").glob("[0-9]*/cmdline") if config in _words(at)]


def _joined(printed: str) -> Iterator[Sms]:
    waiting: dict[tuple[str, str], dict[str, bytes]] = {}
    for sender, to, kind, content in _SMS.findall(printed):
        if kind == "text":
            yield Sms(sender, to, content)
        elif kind == "ucs-2":
            yield Sms(sender, to, _bytes(content).decode("utf-16-be"))
        elif part := _PART.fullmatch(content):
            reference, count, number, data = part.groups()
            parts = waiting.setdefault((to, reference), {})
            parts[number] = _bytes(data)
            if len(parts) == _bytes(count)[0]:
                whole = b"".join(parts[key] for key in sorted(parts, key=lambda key: _bytes(key)[0]))
                # fakesmsc does not say the coding of a part; in UCS-2 any space or digit has a zero byte.
                yield Sms(sender, to, whole.decode("utf-16-be" if b"\0" in whole else "utf-8"), len(parts))
                del waiting[to, reference]


def _bytes(written: str) -> bytes:
    return unquote_to_bytes(written.replace("+", " "))


def _words(cmdline: Path) -> list[bytes]:
    try:
        return cmdline.read_bytes().split(b"\0")
    except OSError:
        return []
