"""Residents who ask all the time, whatever is broken: who gets no answer asks again with the same Idempotency-Key.

Of every third request a leader who was asked takes it, by SMS.
"""

import asyncio
import threading
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import cycle
from typing import Any
from uuid import uuid4

import httpx

from deploy.sample.requests import SampleRequest, make_requests
from deploy.sample.roster import make_roster
from tests.support.house import House

_PATIENCE_S = 10
_AGAIN_AFTER_S = 0.5
_MOST = 3_000
_LOOKS = 40
ANSWERED = 3
"""Every so many requests one is taken by a team."""


@dataclass
class Filed:
    """One request that was answered with 201; `tries` sent before it was."""

    key: str
    phone: str
    receipt: dict[str, Any]
    tries: int
    taken_by: str | None = None
    """The phone of the leader whose SMS was received by us."""

    @property
    def code(self) -> str:
        return self.receipt["code"]


@dataclass
class Residents:
    """They ask from a thread of their own, so that a test can break things meanwhile."""

    house: House
    per_second: float
    filed: list[Filed] = field(default_factory=list[Filed])
    refused: list[str] = field(default_factory=list[str])
    """Answers that no fault explains."""
    _stopping: bool = False

    def __post_init__(self) -> None:
        self._supervisor = {"authorization": f"Bearer {self.house.token('supervisor', '--unit', '66')}"}
        self._leaders = {member.team_code: member.phone for member in make_roster()[1] if member.role == "leader"}

    def run(self) -> None:
        asyncio.run(self._run())

    def stop(self) -> None:
        """No new ones; those under way go on until they have their answer."""
        self._stopping = True

    async def _run(self) -> None:
        samples = cycle(make_requests(_MOST, seed=23))
        under_way: set[asyncio.Task[None]] = set()
        async with httpx.AsyncClient(base_url=self.house.address, timeout=_PATIENCE_S, trust_env=False) as client:
            while not self._stopping:
                task = asyncio.create_task(self._ask(client, next(samples)))
                under_way.add(task)
                task.add_done_callback(self._note_surprise)
                task.add_done_callback(under_way.discard)
                await asyncio.sleep(1 / self.per_second)
            await asyncio.gather(*under_way)

    def _note_surprise(self, task: "asyncio.Task[None]") -> None:
        if not task.cancelled() and (error := task.exception()):
            self.refused.append(f"{type(error).__name__}: {error}")

    async def _ask(self, client: httpx.AsyncClient, sample: SampleRequest) -> None:
        key, tries = str(uuid4()), 0
        body = {
            "category": sample["category"],
            "description": sample["description"],
            "phone": sample["phone"],
            "requester_name": sample["requester_name"],
            "commune_code": sample["commune_code"],
            "language": sample["language"],
            "channel": "api",
        }
        while True:
            tries += 1
            answer = await _post(client, body, key)
            if answer is not None and answer.status_code < 500:
                break
            await asyncio.sleep(_AGAIN_AFTER_S)
        if answer.status_code != 201:
            self.refused.append(f"{answer.status_code}: {answer.text}")
            return
        filed = Filed(key, sample["phone"], answer.json(), tries)
        self.filed.append(filed)
        if len(self.filed) % ANSWERED == 0:
            await self._take(client, filed)

    async def _take(self, client: httpx.AsyncClient, filed: Filed) -> None:
        """The leader asked first writes when the alert has come; where nobody says that the SMS was received, nothing
        is expected of it."""
        phone = await self._leader(client, filed.code)
        if phone and await self._rings(client, phone, filed.code):
            text = {"text": f"NHAN {filed.code}"}
            sent = await _answer(client.post(f"/api/v1/phones/{phone}/messages", json=text))
            filed.taken_by = phone if sent is not None and sent.status_code == 202 else None

    async def _leader(self, client: httpx.AsyncClient, code: str) -> str | None:
        """Of the team that was asked first; None where nobody could be asked, or nobody is within the time."""
        for _ in range(_LOOKS):
            await asyncio.sleep(1)
            found = await _answer(client.get(f"/api/v1/tickets/{code}", headers=self._supervisor))
            ticket = found.json() if found is not None and found.status_code == 200 else {"status": "", "offers": []}
            if ticket["offers"] or ticket["status"] == "unrouted":
                return self._leaders[ticket["offers"][0]["team"]] if ticket["offers"] else None
        return None

    async def _rings(self, client: httpx.AsyncClient, phone: str, code: str) -> bool:
        for _ in range(_LOOKS):
            found = await _answer(client.get(f"/api/v1/phones/{phone}/messages"))
            texts = found.json()["items"] if found is not None and found.status_code == 200 else []
            if any(text.get("code") == code for text in texts):
                return True
            await asyncio.sleep(1)
        return False


async def _post(client: httpx.AsyncClient, body: dict[str, Any], key: str) -> httpx.Response | None:
    return await _answer(client.post("/api/v1/requests", json=body, headers={"idempotency-key": key}))


async def _answer(asking: Awaitable[httpx.Response]) -> httpx.Response | None:
    """None where no answer came."""
    try:
        return await asking
    except httpx.HTTPError:
        return None


@contextmanager
def residents_asking(house: House, per_second: float) -> Iterator[Residents]:
    """While the block runs, requests arrive; after it, each of them has its answer."""
    residents = Residents(house, per_second)
    thread = threading.Thread(target=residents.run, daemon=True)
    thread.start()
    try:
        yield residents
    finally:
        residents.stop()
        thread.join(90)
    assert not thread.is_alive(), "some residents never got an answer"
