"""What may happen to a house, each fault as one function. All by signals, by JetStream's folder, and over the bus."""

import asyncio
import os
import re
import shutil
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import nats
from nats.aio.msg import Msg

from tests.support.house import House, wait_until

CHILDREN = ("postgres", "nats", "intake", "assign", "notify", "gateway")
CROWD = 3 if int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")) > 1 else 1
"""Beside other tests on the same cores all takes longer; `make chaos`, alone, judges by the promise itself."""
READY_AGAIN_S = 30 * CROWD
SUBMITTED = "requests.submitted.66"


def kill(house: House, child: str) -> float:
    """kill -9; the seconds until it runs again under another pid and the front door says that all are ready."""
    pid = _pid(house, child)
    os.kill(pid, signal.SIGKILL)
    return _seconds_until_back(house, child, pid)


def freeze(house: House, child: str, seconds: float) -> bool:
    """It stands still, its port open. Whether the front door said so before it went on."""
    pid = _pid(house, child)
    os.kill(pid, signal.SIGSTOP)
    try:
        time.sleep(seconds)
        return not house.is_ready()
    finally:
        os.kill(pid, signal.SIGCONT)


def copy_stream_store(house: House, to: Path) -> None:
    """As a snapshot of the disk would: while the server stands still."""
    seen = house.ps()["nats"]
    os.kill(seen["pid"], signal.SIGSTOP)
    try:
        shutil.copytree(seen["store"], to)
    finally:
        os.kill(seen["pid"], signal.SIGCONT)


def lose_stream_store(house: House) -> float:
    """JetStream's folder is gone when the server comes back."""
    return _without_server(house, shutil.rmtree)


def lose_stream_store_under_it(house: House) -> float:
    """The folder is deleted below the running server, which is killed a moment later."""
    seen = house.ps()["nats"]
    shutil.rmtree(seen["store"], ignore_errors=True)
    time.sleep(1)
    os.kill(seen["pid"], signal.SIGKILL)
    return _seconds_until_back(house, "nats", seen["pid"])


def set_stream_store_back(house: House, copy: Path) -> float:
    """An older copy of JetStream's folder is there when the server comes back."""

    def swap(store: Path) -> None:
        shutil.rmtree(store)
        shutil.copytree(copy, store)

    return _without_server(house, swap)


def repeat_an_event(house: House, times: int) -> str:
    """The next submitted request is published again so often, without what lets the server drop repeats; its code."""
    return asyncio.run(_repeat(house.ps()["nats"]["url"], times))


def publish_poison(house: House) -> list[str]:
    """Garbage without any header, and good JSON of another shape; the `ce-id` of those that have one."""
    return asyncio.run(_poison(house.ps()["nats"]["url"]))


def send_twice(house: House, fields: dict[str, Any]) -> set[str]:
    """The form, the same nonce twice at the same time, and once more: the codes that came back."""
    return asyncio.run(_twice(house.address, fields))


def _without_server(house: House, change: Callable[[Path], None]) -> float:
    """Stopped, so that nothing starts it before its folder is changed; then killed."""
    seen = house.ps()["nats"]
    os.kill(seen["pid"], signal.SIGSTOP)
    change(Path(seen["store"]))
    os.kill(seen["pid"], signal.SIGKILL)
    return _seconds_until_back(house, "nats", seen["pid"])


def _seconds_until_back(house: House, child: str, old_pid: int) -> float:
    began = time.monotonic()

    def is_back() -> bool:
        return house.pid(child) not in (None, old_pid) and house.is_ready()

    wait_until(is_back, READY_AGAIN_S, lambda: f"{child} is not back: {house.ps()}", 0.3)
    return time.monotonic() - began


def _pid(house: House, child: str) -> int:
    return wait_until(lambda: house.pid(child), READY_AGAIN_S, lambda: f"{child} does not run", 0.3)


async def _repeat(url: str, times: int) -> str:
    client = await nats.connect(url)
    heard: asyncio.Future[Msg] = asyncio.get_running_loop().create_future()

    async def hear(message: Msg) -> None:
        if not heard.done():
            heard.set_result(message)

    await client.subscribe(SUBMITTED, cb=hear)
    message = await asyncio.wait_for(heard, 30)
    headers = {name: value for name, value in (message.headers or {}).items() if name.lower() != "nats-msg-id"}
    for _ in range(times):
        await client.publish(SUBMITTED, message.data, headers=headers)
    await client.drain()
    return headers["ce-subject"]


async def _poison(url: str) -> list[str]:
    client = await nats.connect(url)
    await client.publish(SUBMITTED, b"\xff\xfe not a letter of JSON {{{")
    id = str(uuid4())
    headers = {
        "ce-specversion": "1.0",
        "ce-id": id,
        "ce-type": "requests.submitted",
        "ce-source": "intake",
        "ce-subject": "000000000",
        "ce-time": "2026-11-25T02:00:00Z",
        "content-type": "application/json",
    }
    await client.publish(SUBMITTED, b'{"code": 7, "facts": "somebody sent another shape"}', headers=headers)
    await client.drain()
    return [id]


async def _twice(address: str, fields: dict[str, Any]) -> set[str]:
    async with httpx.AsyncClient(base_url=address, timeout=30, trust_env=False) as client:
        nonce = re.search(r'name="nonce" value="([^"]+)"', (await client.get("/")).text)
        assert nonce
        form = fields | {"nonce": nonce.group(1)}
        at_once = await asyncio.gather(client.post("/", data=form), client.post("/", data=form))
        answers = [*at_once, await client.post("/", data=form)]
    assert {answer.status_code for answer in answers} == {303}, [answer.text[:300] for answer in answers]
    return {answer.headers["location"].split("/t/")[1][:9] for answer in answers}
