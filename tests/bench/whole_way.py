"""The whole way: a request at the front door → its alert handed to the simulator, with tickets taken and resolved.

Every ticket is accepted and resolved by its team as soon as it is offered, so that places stay free; an alert counts
when notify has said that the phone has it.
"""

import asyncio
import itertools
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import asyncpg
import nats
import orjson

from shared.identity import Principal, Role, Tokens
from tests.bench.client import Connection

WAITED_S = 30.0


@dataclass
class Seen:
    """Alerts that reached a phone, by ticket, and the first offer of each."""

    alerted: dict[str, asyncio.Event] = field(default_factory=dict)
    offers: dict[str, str] = field(default_factory=dict)

    def event(self, code: str) -> asyncio.Event:
        return self.alerted.setdefault(code, asyncio.Event())


class Desk:
    """Residents and members at the front door; what happens is seen on the bus."""

    def __init__(
        self, address: str, nats_url: str, secret_key: str, sent: Sequence[bytes], leaders: Mapping[str, str]
    ) -> None:
        self._address, self._nats_url, self._leaders = address, nats_url, leaders
        self._tokens = Tokens(secret_key)
        self._sent = itertools.cycle(sent)
        self._seen = Seen()
        self.codes: list[str] = []

    async def __aenter__(self) -> "Desk":
        self._bus = await nats.connect(self._nats_url)
        await self._bus.subscribe("tickets.offered.*", cb=self._on_offered)
        await self._bus.subscribe("messages.*.*", cb=self._on_message)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._bus.close()

    async def sustained(self, people: int, seconds: float) -> float:
        """Requests a second that went the whole way, were accepted and resolved, by so many people at once."""
        until, done = time.monotonic() + seconds, 0

        async def person() -> None:
            nonlocal done
            connection = Connection(self._address)
            while time.monotonic() < until:
                code = await self._ask(connection)
                await asyncio.wait_for(self._seen.event(code).wait(), WAITED_S)
                await self._resolve(connection, code)
                done += 1
            await connection.close()

        start = time.monotonic()
        await asyncio.gather(*(person() for _ in range(people)))
        return done / (time.monotonic() - start)

    async def steady(self, per_second: int, seconds: int) -> list[str]:
        """Requests at an even pace, whatever becomes of them; the codes. Each is resolved when its alert is seen."""
        pool: asyncio.Queue[Connection] = asyncio.Queue()
        for _ in range(per_second):
            pool.put_nowait(Connection(self._address))
        codes: list[str] = []

        async def one() -> None:
            connection = await pool.get()
            code = await self._ask(connection)
            codes.append(code)
            await asyncio.wait_for(self._seen.event(code).wait(), WAITED_S)
            await self._resolve(connection, code)
            pool.put_nowait(connection)

        start, tasks = time.monotonic(), []
        for number in range(per_second * seconds):
            await asyncio.sleep(max(0.0, start + number / per_second - time.monotonic()))
            tasks.append(asyncio.create_task(one()))
        await asyncio.gather(*tasks)
        return codes

    async def _ask(self, connection: Connection) -> str:
        answer = await connection.post("/api/v1/requests", next(self._sent))
        assert answer.status == 201, answer
        return answer.json()["code"]

    async def _resolve(self, connection: Connection, code: str) -> None:
        team = self._seen.offers[code]
        token = self._tokens.issue(Principal(role=Role.MEMBER, id=self._leaders[team], team=team))
        for action, body in (("acceptance", b"{}"), ("resolution", b'{"outcome":"solved"}')):
            answer = await connection.post(f"/api/v1/tickets/{code}/{action}", body, token)
            assert answer.status == 201, answer

    async def _on_offered(self, message: Any) -> None:
        body = orjson.loads(message.data)
        self._seen.offers.setdefault(body["code"], body["offers"][0]["team"])

    async def _on_message(self, message: Any) -> None:
        body = orjson.loads(message.data)
        if body["alert"] == "offered":
            for code in body["codes"]:
                self._seen.event(code).set()


async def leaders(dsn: str) -> dict[str, str]:
    """Ids of the leaders, by team."""
    connection = await asyncpg.connect(dsn)
    found = await connection.fetch("select team_code, id from member where role = 'leader' and not retired")
    await connection.close()
    return dict(found)


async def latencies_ms(dsn: dict[str, str], codes: Sequence[str]) -> list[float]:
    """From `submitted_at` (before the 201) to the moment the simulator had the first alert of the offer."""
    intake, notify = await asyncpg.connect(dsn["intake"]), await asyncpg.connect(dsn["notify"])
    asked = dict(await intake.fetch("select code, submitted_at from request where code = any($1)", list(codes)))
    told = dict(
        await notify.fetch(
            "select code, min(sent_at) from message where code = any($1) and alert = 'offered' group by code",
            list(codes),
        )
    )
    await intake.close()
    await notify.close()
    return sorted((told[code] - asked[code]).total_seconds() * 1000 for code in codes)
