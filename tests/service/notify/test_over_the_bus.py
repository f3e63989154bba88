"""notify as it runs: events come over NATS, its cycles run by themselves."""

import asyncio
from collections.abc import Sequence

import nats
from nats.js import JetStreamContext

from services.notify.app import build
from services.notify.channels import phones
from shared.events import envelope
from shared.events.envelope import Received
from shared.service import Service
from shared.settings import Settings
from tests.service.notify.story import HELPER, NOON, Story, everybody, places_known, received
from tests.support.publishing import make_streams, wait_until
from tests.support.servers import FreshDatabase


async def test_what_comes_over_the_bus_rings_a_phone_once(database: FreshDatabase, nats_url: str) -> None:
    settings = Settings(
        database_url=database("notify"), nats_url=nats_url, secret_key="a secret key for tests", simulator=True
    )
    service = build(settings)
    service.clock.set_now(NOON)
    await make_streams(nats_url)
    async with service.app.router.lifespan_context(service.app):
        await wait_until(lambda: _is_ready(service))
        connection = await nats.connect(nats_url)
        bus = connection.jetstream()
        story = Story()
        offered = received(story.offered())
        events = [received(one) for one in (*places_known(), *everybody(), story.submitted())]
        await publish(bus, [*events, offered, offered])
        await wait_for_texts(service, HELPER, 1)
        await publish(bus, [offered])
        await asyncio.sleep(0.3)
        assert await texts(service, HELPER) == 1
        await connection.close()


async def publish(bus: JetStreamContext, events: Sequence[Received]) -> None:
    for event in events:
        headers = envelope.headers(
            event.data,
            id=event.id,
            source="test",
            about=event.subject or "x",
            time=event.time,
            correlation=event.correlation,
        )
        headers.pop("Nats-Msg-Id")  # the server must not hide repetitions from us
        await bus.publish(envelope.subject(event.data, "66"), event.data.model_dump_json().encode(), headers=headers)


async def _is_ready(service: Service) -> bool:
    return not service.problems()


async def texts(service: Service, phone: str) -> int:
    async with service.store.read() as connection:
        return len(await phones.texts_on(connection, phone))


async def wait_for_texts(service: Service, phone: str, count: int) -> None:
    async def rang() -> bool:
        return await texts(service, phone) >= count

    await wait_until(rang)
