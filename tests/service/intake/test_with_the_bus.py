"""intake on a real bus: places arrive by events, a filed request leaves as one, what becomes of it comes back."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import nats as nats_py
import pytest

from services.intake.app import build
from shared.service import Service
from tests.service.intake.world import catalogue, life, member, request, settings
from tests.support.publishing import make_streams, publish, wait_until
from tests.support.servers import FreshDatabase, NatsServer


class Live:
    def __init__(self, service: Service, http: httpx.AsyncClient, nats: NatsServer) -> None:
        self.service = service
        self.http = http
        self.nats = nats

    async def file(self, **changes: Any) -> dict[str, Any]:
        answer = await self.http.post("/api/v1/requests", json=request(**changes))
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def status(self, code: str) -> str:
        answer = await self.http.post(f"/api/v1/requests/{code}/lookup", json={"phone_last4": "3456"})
        return answer.json()["status"]

    async def knows_places(self) -> bool:
        answer = await self.http.get("/api/v1/catalogue/villages", params={"commune_code": "24133"})
        ready = (await self.http.get("/readyz")).json()["intake"] == "ok"
        return ready and answer.status_code == 200 and len(answer.json()) == 3


@pytest.fixture
async def live(database: FreshDatabase, nats: NatsServer) -> AsyncIterator[Live]:
    await make_streams(nats.url)
    service = build(settings(database("intake"), nats_url=nats.url, watch_s=0.2))
    transport = httpx.ASGITransport(service.app, client=("127.0.0.1", 50000))
    async with (
        service.app.router.lifespan_context(service.app),
        httpx.AsyncClient(transport=transport, base_url="http://caunoi.test") as http,
    ):
        made = Live(service, http, nats)
        await wait_until(lambda: _is_up(service))
        await publish(nats.url, *catalogue(), member())
        await wait_until(made.knows_places)
        yield made


async def test_a_filed_request_is_on_the_bus_at_once_with_its_trace(live: Live) -> None:
    client = await nats_py.connect(live.nats.url)
    heard = await client.subscribe("requests.submitted.66")
    await client.flush()
    filed = await live.file()
    message = await heard.next_msg(timeout=60)
    assert json.loads(message.data)["code"] == filed["code"]
    assert message.headers and message.headers["ce-subject"] == filed["code"]
    assert message.headers["traceparent"].split("-")[1] == message.headers["correlation_id"]
    await client.close()


async def test_what_becomes_of_it_is_on_the_tracking_page(live: Live) -> None:
    code = (await live.file())["code"]
    story = life(code)
    await publish(live.nats.url, story["offered"], story["accepted"])

    async def is_accepted() -> bool:
        return await live.status(code) == "accepted"

    await wait_until(is_accepted)
    answer = await live.http.post(f"/api/v1/requests/{code}/lookup", json={"phone_last4": "3456"})
    assert answer.json()["team"] == {"name": "Tổ Buôn Akŏ Dhông", "phone": "+84905000001"}


async def test_a_lost_bus_brings_every_event_again_and_changes_nothing(live: Live) -> None:
    code = (await live.file())["code"]
    story = life(code)
    await publish(live.nats.url, *(story[name] for name in ("offered", "accepted", "started")))

    async def is_started() -> bool:
        return await live.status(code) == "in_progress"

    await wait_until(is_started)
    await live.service.bus.replay(None)
    await asyncio.sleep(1)
    answer = await live.http.post(f"/api/v1/requests/{code}/lookup", json={"phone_last4": "3456"})
    assert [entry["event"] for entry in answer.json()["timeline"]] == ["submitted", "offered", "accepted", "started"]


async def test_with_the_bus_away_requests_are_still_taken_and_leave_later(live: Live) -> None:
    live.nats.kill()
    codes = {(await live.file())["code"] for _ in range(5)}
    live.nats.start()
    client = await nats_py.connect(live.nats.url)
    heard = await client.jetstream().subscribe("requests.>", ordered_consumer=True)
    arrived: set[str] = set()
    while arrived < codes:
        arrived.add(json.loads((await heard.next_msg(timeout=60)).data)["code"])
    await client.close()


async def _is_up(service: Service) -> bool:
    return service.started and not service.bus.problems()
