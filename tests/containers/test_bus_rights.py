"""2.6: on the bus each service may do what it needs and nothing else; deploy/nats/nats.conf says why."""

import asyncio
import json
import time

import nats
import pytest
from nats.aio.client import Client
from nats.errors import Error

from tests.support.stack import Stack

pytestmark = [pytest.mark.containers, pytest.mark.slow]
SERVICES = ("intake", "assign", "notify")
PATIENCE_S = 10
NAME = "guest"
"""By which the log of the bus tells these tests from the services."""

MAY_NOT_SEND = [
    ("intake", "tickets.accepted.66"),
    ("intake", "people.changed.66"),
    ("intake", "replies.received.66"),
    ("assign", "requests.submitted.66"),
    ("assign", "replies.received.66"),
    ("assign", "messages.sent.66"),
    ("notify", "requests.submitted.66"),
    ("notify", "tickets.accepted.66"),
    ("notify", "people.changed.66"),
    ("notify", "places.unit_changed.66"),
    ("notify", "relay.assign"),
    ("notify", "$JS.ACK.requests.assign-requests.1.1.1.1.0"),
]
MAY_NOT_ASK = [
    ("intake", "CONSUMER.CREATE.replies.assign-replies"),
    ("intake", "CONSUMER.CREATE.messages.intake-messages"),
    ("intake", "STREAM.MSG.GET.people"),
    ("assign", "STREAM.MSG.GET.requests"),
    ("assign", "CONSUMER.MSG.NEXT.requests.notify-requests"),
    ("notify", "CONSUMER.CREATE.replies.notify-replies"),
    ("notify", "CONSUMER.CREATE.people.another"),
    ("notify", "CONSUMER.DELETE.tickets.intake-tickets"),
    ("notify", "STREAM.MSG.GET.people"),
    ("notify", "STREAM.UPDATE.people"),
    ("notify", "STREAM.CREATE.another"),
    *((service, f"STREAM.{what}.requests") for service in SERVICES for what in ("DELETE", "PURGE", "MSG.DELETE")),
    *((service, "STREAM.NAMES") for service in SERVICES),
]
MAY_NOT_HEAR = [
    *((service, subject) for service in SERVICES for subject in (">", "requests.>", "people.>", "replies.>", "$JS.>")),
    ("intake", "_INBOX_notify.>"),
    ("notify", "_INBOX.>"),
    ("notify", "_INBOX_assign.>"),
]


class Guest:
    """A connection with one service's own user and password; `refused` is what the server would not have."""

    def __init__(self, stack: Stack, service: str) -> None:
        self._url = stack.secret(f"{service}_nats_url").replace("@nats:", f"@{stack.address_of('nats', 'bus')}:")
        self._service = service
        self.refused: list[str] = []

    async def __aenter__(self) -> "Guest":
        async def refused(error: Exception) -> None:
            self.refused.append(str(error))

        self.client: Client = await nats.connect(
            self._url,
            name=NAME,
            error_cb=refused,
            inbox_prefix=f"_INBOX_{self._service}",
            allow_reconnect=False,
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.client.close()

    async def refusal(self) -> str:
        """What the server would not have; it may say so a moment later than it answers."""
        deadline = time.monotonic() + PATIENCE_S
        while not self.refused:
            assert time.monotonic() < deadline, "nothing was refused"
            await self.client.flush(PATIENCE_S)
            await asyncio.sleep(0.01)
        return self.refused[0].lower()


@pytest.mark.parametrize(("service", "subject"), MAY_NOT_SEND)
async def test_a_service_cannot_write_what_is_anothers(stack: Stack, service: str, subject: str) -> None:
    async with Guest(stack, service) as guest:
        await guest.client.publish(subject, b"{}")
        assert "permissions violation for publish" in await guest.refusal()


@pytest.mark.parametrize(("service", "subject"), MAY_NOT_ASK)
async def test_a_service_cannot_reach_what_is_anothers(stack: Stack, service: str, subject: str) -> None:
    async with Guest(stack, service) as guest:
        await guest.client.publish(f"$JS.API.{subject}", b"{}")
        assert "permissions violation for publish" in await guest.refusal()


@pytest.mark.parametrize(("service", "subject"), MAY_NOT_HEAR)
async def test_a_service_cannot_listen_beside_its_consumers(stack: Stack, service: str, subject: str) -> None:
    async with Guest(stack, service) as guest:
        await guest.client.subscribe(subject)
        assert "permissions violation for subscription" in await guest.refusal()


@pytest.mark.parametrize("service", SERVICES)
async def test_a_service_may_look_at_its_own_consumers(stack: Stack, service: str) -> None:
    own = {"intake": "people", "assign": "replies", "notify": "requests"}[service]
    async with Guest(stack, service) as guest:
        answer = await guest.client.request(f"$JS.API.CONSUMER.INFO.{own}.{service}-{own}", b"", timeout=10)
        assert json.loads(answer.data)["name"] == f"{service}-{own}"
        assert guest.refused == []


@pytest.mark.parametrize("known", ["", "notify:guessed@"])
async def test_nobody_else_is_let_in(stack: Stack, known: str) -> None:
    url = f"nats://{known}{stack.address_of('nats', 'bus')}:4222"
    said: list[str] = []

    async def heard(error: Exception) -> None:
        said.append(str(error))

    with pytest.raises((Error, asyncio.TimeoutError)):
        await nats.connect(url, error_cb=heard, allow_reconnect=False, max_reconnect_attempts=1, connect_timeout=5)
    assert any("authorization violation" in error.lower() for error in said)
