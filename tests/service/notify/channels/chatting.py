"""A notify that has chats beside the simulated telephone network."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from services.notify.contacts import store as contacts
from shared.settings import Settings
from tests.service.notify.conftest import Notify
from tests.service.notify.story import NOON, everybody, places_known


@asynccontextmanager
async def chatting(settings: Settings, channels: str) -> AsyncIterator[Notify]:
    """Knows the places and everybody; first choice is a chat. What its channels opened is closed at the end."""
    running = Notify(settings.model_copy(update={"channels": channels, "public_url": "https://caunoi.example"}))
    await running.hear(*places_known(), *everybody())
    yield running
    for work in running.service._stopping:
        await work()
    await running.store.close()


async def linked(notify: Notify, kind: str, phone: str, address: str) -> None:
    """This phone's owner linked a chat."""
    async with notify.store.begin() as unit:
        await contacts.link(unit, kind, phone, address, NOON)
        for person in await contacts.people_with_phone(unit.connection, phone):
            await contacts.set_channels(unit, person.id, [kind, "simulator"])


async def code_by_sms(notify: Notify, phone: str) -> str:
    """The code in the newest text on this phone."""
    found = re.search(r"\b[A-Z2-9]{8}\b", (await notify.texts(phone))[-1])
    assert found
    return found.group()
