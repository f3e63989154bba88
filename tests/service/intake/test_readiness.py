"""`/readyz` at the front door speaks for the whole house: ok only when all are ready, else a sentence each."""

from collections.abc import AsyncIterator

import httpx
import pytest

from services.intake.app import build
from shared.service import Service
from tests.service.intake.neighbours import Neighbour
from tests.service.intake.world import catalogue, settings
from tests.support.publishing import make_streams, publish, wait_until
from tests.support.servers import FreshDatabase, NatsServer

ALL_OK = {"intake": "ok", "assign": "ok", "notify": "ok", "bus": "ok"}


class House:
    """intake with its bus, started as it is in life."""

    def __init__(self, service: Service, http: httpx.AsyncClient) -> None:
        self.service = service
        self.http = http

    async def readiness(self) -> tuple[int, dict[str, str]]:
        answer = await self.http.get("/readyz")
        return answer.status_code, answer.json()

    async def is_ready(self) -> bool:
        return (await self.readiness())[0] == 200


@pytest.fixture
async def house(
    database: FreshDatabase, nats: NatsServer, assign: Neighbour, notify: Neighbour
) -> AsyncIterator[House]:
    facts = {"nats_url": nats.url, "watch_s": 0.2, "assign_url": assign.url, "notify_url": notify.url}
    await make_streams(nats.url)
    service = build(settings(database("intake"), **facts))
    transport = httpx.ASGITransport(service.app, client=("127.0.0.1", 50000))
    async with (
        service.app.router.lifespan_context(service.app),
        httpx.AsyncClient(transport=transport, base_url="http://caunoi.test") as http,
    ):
        yield House(service, http)


async def test_ready_only_when_all_are_and_the_catalogue_is_there(house: House, nats: NatsServer) -> None:
    status, said = await house.readiness()
    assert status == 503 and set(said) == set(ALL_OK)
    assert said["intake"] != "ok"
    await wait_until(lambda: _bus_is_up(house))
    await publish(nats.url, *catalogue())
    await wait_until(house.is_ready)
    assert await house.readiness() == (200, ALL_OK)


async def test_whoever_is_not_ready_says_why(
    house: House, nats: NatsServer, assign: Neighbour, notify: Neighbour
) -> None:
    await wait_until(lambda: _bus_is_up(house))
    await publish(nats.url, *catalogue())
    await wait_until(house.is_ready)
    notify.problem = "The consumer notify-tickets is missing."
    assert await house.readiness() == (503, ALL_OK | {"notify": "The consumer notify-tickets is missing."})
    await assign.__aexit__()
    status, said = await house.readiness()
    assert status == 503 and said["assign"].startswith("It does not answer")


async def test_a_bus_that_is_gone_is_seen(house: House, nats: NatsServer) -> None:
    await wait_until(lambda: _bus_is_up(house))
    nats.kill()
    await wait_until(lambda: _bus_is_down(house))
    nats.start()
    await wait_until(lambda: _bus_is_up(house))


async def _bus_is_up(house: House) -> bool:
    return (await house.readiness())[1]["bus"] == "ok"


async def _bus_is_down(house: House) -> bool:
    return not await _bus_is_up(house)
