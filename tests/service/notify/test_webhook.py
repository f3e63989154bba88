"""Promise 1.20: the webhook channel, against a real HTTP server that checks signatures and can be rude."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import uvicorn
from sqlalchemy import text
from standardwebhooks import Webhook
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from deploy.local.ports import free_port
from services.notify.channels.channel import Outgoing
from services.notify.channels.webhook import WebhookChannel
from shared.settings import Settings
from tests.service.notify.conftest import Notify
from tests.service.notify.story import NEIGHBOUR, NOON, Story, everybody, places_known

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


class Bridge:
    """Somebody's chat bridge: verifies what it gets, answers as it is told."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}/hook"
        self.received: list[dict[str, Any]] = []
        self.ids: list[str] = []
        self.refused = 0
        self.answers: list[Response | str] = []

    async def hook(self, request: Request) -> Response:
        body = await request.body()
        try:
            message = Webhook(SECRET).verify(body, dict(request.headers))
        except Exception:
            self.refused += 1
            return Response(status_code=401)
        self.received.append(message)
        self.ids.append(request.headers["webhook-id"])
        answer = self.answers.pop(0) if self.answers else Response(status_code=204)
        if answer == "silence":
            await asyncio.sleep(30)
        return answer if isinstance(answer, Response) else Response(status_code=200)


@pytest.fixture
async def bridge() -> AsyncIterator[Bridge]:
    made = Bridge()
    app = Starlette(routes=[Route("/hook", made.hook, methods=["POST"])])
    config = uvicorn.Config(app, host="127.0.0.1", port=made.port, log_config=None, timeout_graceful_shutdown=0)
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    yield made
    server.should_exit = True
    await task


@pytest.fixture
async def chatty(settings: Settings, bridge: Bridge, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Notify]:
    """A notify whose neighbour prefers the chat."""
    monkeypatch.setattr("services.notify.channels.webhook.TIMEOUT_S", 0.3)
    chat = {"webhook_url": bridge.url, "webhook_secret": SECRET}
    running = Notify(settings.model_copy(update=chat))
    await running.hear(*places_known(), *everybody())
    async with running.store.begin() as unit:
        await unit.execute(text("update contact set channels = '{webhook,simulator}' where person_id = 'neighbour'"))
    yield running
    await running.store.close()


async def test_a_person_who_prefers_it_is_told_by_webhook_signed(chatty: Notify, bridge: Bridge) -> None:
    story = Story()
    await chatty.hear(story.offered("T-1", "T-2"))
    (message,) = await chatty.messages(person="neighbour")
    assert message.state == "sent"
    (received,) = bridge.received
    assert received["type"] == "message.send"
    assert received["data"] == {"to": NEIGHBOUR, "text": message.text, "alert": "offered", "code": story.code}
    assert bridge.ids == [str(message.id)]
    assert await chatty.alerts(NEIGHBOUR) == []
    assert {m.channel for m in await chatty.messages(person="leader")} == {"simulator"}


async def test_a_retry_has_the_same_id(chatty: Notify, bridge: Bridge) -> None:
    bridge.answers = [Response(status_code=503), Response(status_code=200)]
    await chatty.hear(Story().offered("T-2"))
    await chatty.pass_time(timedelta(seconds=61))
    assert len(bridge.ids) == 2
    assert len(set(bridge.ids)) == 1
    (message,) = await chatty.messages()
    assert (message.state, message.tries) == ("sent", 2)


async def test_too_fast_waits_as_long_as_it_is_asked_to(chatty: Notify, bridge: Bridge) -> None:
    bridge.answers = [Response(status_code=429, headers={"retry-after": "300"})]
    await chatty.hear(Story().offered("T-2"))
    await chatty.pass_time(timedelta(seconds=200))
    assert len(bridge.ids) == 1
    await chatty.pass_time(timedelta(seconds=101))
    assert len(bridge.ids) == 2


async def test_silence_is_a_passing_refusal(chatty: Notify, bridge: Bridge) -> None:
    bridge.answers = ["silence"]
    await chatty.hear(Story().offered("T-2"))
    (message,) = await chatty.messages()
    assert (message.state, message.reason) == ("queued", "no_answer")


async def test_gone_for_good_falls_back_to_the_phone(chatty: Notify, bridge: Bridge) -> None:
    bridge.answers = [Response(status_code=410)]
    await chatty.hear(Story().offered("T-2"))
    assert [(m.channel, m.state) for m in await chatty.messages()] == [
        ("webhook", "failed"),
        ("simulator", "delivered"),
    ]
    assert await chatty.alerts(NEIGHBOUR) == ["offered"]


async def test_a_redirect_is_not_followed(chatty: Notify, bridge: Bridge) -> None:
    bridge.answers = [Response(status_code=307, headers={"location": bridge.url})]
    await chatty.hear(Story().offered("T-2"))
    assert len(bridge.received) == 1
    assert (await chatty.messages())[0].state == "queued"


async def test_a_wrong_secret_is_noticed_by_the_other_side(bridge: Bridge) -> None:
    channel = WebhookChannel(bridge.url, "whsec_" + "A" * 32)
    message = Outgoing(uuid4(), NEIGHBOUR, NEIGHBOUR, "a", "offered", None, NOON)
    outcomes = await channel.send([message])
    await channel.close()
    assert bridge.refused == 1
    assert outcomes[message.id].kind == "temporary"
