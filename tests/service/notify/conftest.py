"""notify on a real database, its cycles run by hand: what happened, what is due, what each phone received."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select, text
from sqlmodel import col

from services.notify.app import build
from services.notify.channels import phones
from services.notify.costs.purse import Purse
from services.notify.messages.sender import House
from services.notify.messages.tables import Message
from services.notify.messages.ways import Ways
from services.notify.receipts.receive import Receipts
from shared.events.envelope import Event, Received
from shared.identity import Principal, Role
from shared.settings import Settings
from shared.store import inbox
from tests.service.notify.story import NOON, everybody, places_known, received
from tests.support.servers import FreshDatabase

SECRET = "a secret key for tests"


class Notify:
    """The service without its bus: events are handed over as the listener would, one transaction a batch."""

    def __init__(self, settings: Settings) -> None:
        self.service = build(settings)
        self.store = self.service.store
        self.clock = self.service.clock
        self.clock.set_now(NOON)
        self.browser = httpx.AsyncClient(transport=httpx.ASGITransport(self.service.app), base_url="http://notify")

    async def hear(self, *events: Event | Received[Any]) -> None:
        """These events come in one batch; whatever is due afterwards is done."""
        batch = [event if isinstance(event, Received) else received(event, at=self.clock.now()) for event in events]
        for stream, listener in self.service.bus.listeners.items():
            of_stream = [event for event in batch if event.data.stream == stream]
            if not of_stream:
                continue
            async with self.store.begin() as unit:
                new = await inbox.take(unit, listener.durable, of_stream)
                await listener.handle(unit, [event for event in of_stream if event.id in new])
        await self.settle()

    async def settle(self) -> None:
        """Run the cycles until nothing is due and none was woken."""
        for _ in range(50):
            for cycle in self.service.cycles:
                cycle._woken.clear()
            due = [await cycle._work() for cycle in self.service.cycles]
            woken = any(cycle._woken.is_set() for cycle in self.service.cycles)
            if not woken and not any(at and at <= self.clock.now() for at in due):
                return
        raise AssertionError("a cycle never comes to rest")

    async def pass_time(self, by: timedelta) -> None:
        """The clock is moved; timers due fire."""
        self.clock.set_offset(self.clock.offset + by)
        await self.settle()

    async def texts(self, phone: str) -> list[str]:
        async with self.store.read() as connection:
            return [row.text for row in await phones.texts_on(connection, phone)]

    async def alerts(self, phone: str) -> list[str]:
        """Kinds of what a phone received, oldest first."""
        async with self.store.read() as connection:
            return [row.alert for row in await phones.texts_on(connection, phone)]

    async def write(self, phone: str, text: str) -> None:
        """Somebody sends us a text; whatever is due afterwards is done."""
        answer = await self.browser.post(f"/api/v1/phones/{phone}/messages", json={"text": text})
        assert answer.status_code == 202, answer.text
        await self.settle()

    async def get(self, path: str, role: Role = Role.ADMINISTRATOR, unit: str | None = None) -> httpx.Response:
        """Ask as somebody on duty."""
        token = self.service.tokens.issue(Principal(role=role, id="asks", unit=unit))
        return await self.browser.get(path, headers={"authorization": f"Bearer {token}"})

    async def put(self, path: str, body: Any, role: Role) -> httpx.Response:
        token = self.service.tokens.issue(Principal(role=role, id="asks"))
        return await self.browser.put(path, json=body, headers={"authorization": f"Bearer {token}"})

    async def behave(self, phone: str, behaviour: str | None) -> None:
        async with self.store.begin() as unit:
            await phones.behave(unit, phone, behaviour)

    async def messages(self, **where: Any) -> Sequence[Any]:
        """Rows, oldest first."""
        conditions = [col(getattr(Message, name)) == value for name, value in where.items()]
        async with self.store.read() as connection:
            statement = select(*Message.__table__.columns).where(*conditions).order_by(col(Message.id))  # pyright: ignore[reportAttributeAccessIssue]
            return (await connection.execute(statement)).all()

    async def published(self, kind: str) -> list[dict[str, Any]]:
        """Bodies of events owed to the bus, oldest first."""
        statement = text(
            "select convert_from(body, 'UTF8')::jsonb from outbox where headers->>'ce-type' = :kind order by position"
        )
        async with self.store.read() as connection:
            return list((await connection.execute(statement, {"kind": kind})).scalars())


@pytest.fixture
def settings(database: FreshDatabase) -> Settings:
    """Of an empty store."""
    return Settings(database_url=database("notify"), secret_key=SECRET, simulator=True)


@pytest.fixture
async def notify(settings: Settings) -> AsyncIterator[Notify]:
    """Knows the places and everybody of two teams; it is noon."""
    running = Notify(settings)
    await running.hear(*places_known(), *everybody())
    yield running
    await running.store.close()


def sender_house(notify: Notify, *channels: Any) -> House:
    """What a sender needs, where the ways out are these."""
    ways = Ways()
    ways.open(channels)
    purse = Purse(notify.store, notify.clock)
    receipts = Receipts(notify.clock, ways, purse)
    return House(notify.store, notify.clock, ways, receipts.match, purse)


def hours(count: float) -> timedelta:
    return timedelta(hours=count)


def at(hour: int, minute: int = 0) -> datetime:
    """A time of that Wednesday in Vietnam."""
    return NOON + timedelta(hours=hour - 12, minutes=minute)
