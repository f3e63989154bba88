"""Requests accepted a second at 64 connections, in turn with the floor: noise of the machine hits both alike."""

import asyncio
import os
import signal
import time
from collections.abc import Sequence

import orjson

from deploy.sample.requests import SampleRequest
from tests.bench.client import Connection

CONNECTIONS = 64
FIELDS = ("category", "description", "phone", "requester_name", "commune_code", "lat", "lon")


def bodies(requests: Sequence[SampleRequest]) -> list[bytes]:
    """Requests as the API takes them."""
    return [
        orjson.dumps({name: request[name] for name in FIELDS if request[name] is not None} | {"channel": "api"})
        for request in requests
    ]


async def rate(address: str, path: str, sent: Sequence[bytes], seconds: float) -> float:
    """201 answers a second."""
    done, until = 0, time.monotonic() + seconds

    async def client(offset: int) -> None:
        nonlocal done
        connection, turn = Connection(address), offset
        while time.monotonic() < until:
            answer = await connection.post(path, sent[turn % len(sent)])
            assert answer.status == 201, answer
            done += 1
            turn += CONNECTIONS
        await connection.close()

    start = time.monotonic()
    await asyncio.gather(*(client(number) for number in range(CONNECTIONS)))
    return done / (time.monotonic() - start)


class Paused:
    """Processes that stand still meanwhile, so that one process's own pace is seen."""

    def __init__(self, pids: Sequence[int]) -> None:
        self._pids = pids

    def __enter__(self) -> None:
        for pid in self._pids:
            os.kill(pid, signal.SIGSTOP)

    def __exit__(self, *_: object) -> None:
        for pid in self._pids:
            os.kill(pid, signal.SIGCONT)
