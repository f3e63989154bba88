"""The message centre for tests: `server.js` run by node, installed from its lock at the first need."""

import atexit
import fcntl
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import httpx

from deploy.local.ports import free_port
from shared.web import assets

FOLDER = Path(__file__).parent
PASSWORD = "secret"


class Centre:
    """Drives a running one. Its world is empty after `reset`, its connections are closed."""

    def __init__(self, port: int, controls: int) -> None:
        self.port = port
        self._url = f"http://127.0.0.1:{controls}"

    async def reset(self) -> None:
        await self._post("/reset")

    async def behave(self, **wishes: Any) -> None:
        """See `world` in server.js: submit="silent", status=0x58, password=…"""
        await self._post("/behave", **wishes)

    async def state(self) -> dict[str, Any]:
        return await self._post("/state")

    async def deliver(self, **fields: Any) -> None:
        """A deliver_sm; `hex` is its short_message as bytes."""
        await self._post("/deliver", **fields)

    async def receipt(self, id: str, stat: str = "DELIVRD", **fields: Any) -> None:
        await self._post("/receipt", id=id, stat=stat, **fields)

    async def drop(self) -> None:
        """Break every connection."""
        await self._post("/drop")

    async def enquire(self) -> int:
        """The other side's answer to the centre's own enquire_link: its status."""
        return (await self._post("/enquire"))["status"]

    async def texts(self) -> list[tuple[str, str]]:
        """What reached phones, as (number, text), long ones joined by their header; oldest first."""
        arrived: list[tuple[str, str]] = []
        parts: dict[tuple[str, int], dict[int, str]] = {}
        for submit in (await self.state())["submits"]:
            if submit["status"]:
                continue
            number = f"+{submit['destination']}"
            if not submit["udh"]:
                arrived.append((number, submit["text"]))
                continue
            (element, length, reference, total, position) = submit["udh"][0]
            assert (element, length) == (0, 3)
            together = parts.setdefault((number, reference), {})
            together[position] = submit["text"]
            if len(together) == total:
                arrived.append((number, "".join(text for _, text in sorted(together.items()))))
                del parts[number, reference]
        return arrived

    async def _post(self, path: str, **body: Any) -> dict[str, Any]:
        async with httpx.AsyncClient(base_url=self._url, timeout=30) as client:
            return (await client.post(path, json=body)).raise_for_status().json()


@cache
def running_centre() -> Centre:
    """One for all tests of this process; it ends with it."""
    _install()
    port = free_port()
    controls = free_port(port)
    words = [*assets.node(), "server.js", str(port), str(controls)]
    process = subprocess.Popen(words, cwd=FOLDER, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    atexit.register(_end, process)
    assert process.stdout and process.stdout.readline() == b"ready\n", "the message centre did not start"
    return Centre(port, controls)


def _install() -> None:
    """Other processes of the same run may want it at the same moment."""
    with (FOLDER / "package-lock.json").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assets.install(FOLDER)


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.kill()
    process.wait()
