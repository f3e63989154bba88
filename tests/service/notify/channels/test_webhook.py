"""Promises 1.20 and 2.3: the webhook channel, against a real HTTP server that checks signatures and can be rude."""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text

from services.notify.channels import closing
from services.notify.channels.channel import Outgoing
from services.notify.channels.webhook import WebhookChannel
from shared.settings import Settings, SettingsError
from shared.web.outgoing import networks
from tests.service.notify.conftest import Notify
from tests.service.notify.story import NEIGHBOUR, NOON, Story, everybody, places_known
from tests.support.stand_ins import webhook as stand_in
from tests.support.stand_ins.http import Answer
from tests.support.stand_ins.webhook import KEY, Bridge

OTHER_KEY = "whsec_" + "A" * 32


@pytest.fixture
async def bridge() -> AsyncIterator[Bridge]:
    async with stand_in.bridge() as made:
        yield made


@pytest.fixture
async def chatty(settings: Settings, bridge: Bridge) -> AsyncIterator[Notify]:
    """A notify whose neighbour prefers the chat."""
    chat = {"webhook_url": bridge.url, "webhook_secret": f"{OTHER_KEY} {KEY}", "webhook_allow": "127.0.0.0/8"}
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
    bridge.answers = [Answer(503), Answer(200)]
    await chatty.hear(Story().offered("T-2"))
    await chatty.pass_time(timedelta(seconds=61))
    assert len(bridge.ids) == 2
    assert len(set(bridge.ids)) == 1
    (message,) = await chatty.messages()
    assert (message.state, message.tries) == ("sent", 2)


async def test_too_fast_waits_as_long_as_it_is_asked_to(chatty: Notify, bridge: Bridge) -> None:
    bridge.answers = [Answer(429, headers={"retry-after": "300"})]
    await chatty.hear(Story().offered("T-2"))
    await chatty.pass_time(timedelta(seconds=200))
    assert len(bridge.ids) == 1
    await chatty.pass_time(timedelta(seconds=101))
    assert len(bridge.ids) == 2


async def test_silence_is_a_passing_refusal(chatty: Notify, bridge: Bridge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.notify.channels.webhook.TIMEOUT_S", 0.3)
    bridge.answers = ["silence"]
    await chatty.hear(Story().offered("T-2"))
    (message,) = await chatty.messages()
    assert (message.state, message.reason) == ("queued", "no_answer")


async def test_gone_for_good_falls_back_to_the_phone(chatty: Notify, bridge: Bridge) -> None:
    bridge.answers = [Answer(410)]
    await chatty.hear(Story().offered("T-2"))
    assert [(m.channel, m.state) for m in await chatty.messages()] == [
        ("webhook", "failed"),
        ("simulator", "delivered"),
    ]
    assert await chatty.alerts(NEIGHBOUR) == ["offered"]


async def test_a_redirect_is_not_followed(chatty: Notify, bridge: Bridge) -> None:
    bridge.answers = [Answer(307, headers={"location": bridge.url})]
    await chatty.hear(Story().offered("T-2"))
    assert len(bridge.received) == 1
    assert (await chatty.messages())[0].state == "queued"


async def test_a_wrong_secret_is_noticed_by_the_other_side(chatty: Notify, bridge: Bridge) -> None:
    outcome = await sent_with(chatty, bridge, ["whsec_" + "B" * 32])
    assert bridge.refused == 1
    assert outcome == "http_401"


async def test_while_keys_are_changed_the_old_one_and_the_new_one_both_fit(chatty: Notify, bridge: Bridge) -> None:
    for known in (KEY, OTHER_KEY):
        bridge.key = known
        assert await sent_with(chatty, bridge, [OTHER_KEY, KEY]) is None
    assert bridge.refused == 0


async def test_a_410_closes_it_until_an_administrator_opens_it(chatty: Notify, bridge: Bridge) -> None:
    bridge.answers = [Answer(410)]
    await chatty.hear(Story().offered("T-2"))
    await chatty.hear(Story().offered("T-2"))
    assert len(bridge.ids) == 1
    assert [m.reason for m in await chatty.messages(channel="webhook")] == ["gone", "gone"]
    async with chatty.store.begin() as unit:
        assert await closing.open_again(unit, "webhook")
    await chatty.hear(Story().offered("T-2"))
    assert len(bridge.ids) == 2


async def test_an_address_in_a_private_network_is_not_called(chatty: Notify, bridge: Bridge) -> None:
    assert await sent_with(chatty, bridge, [KEY], allow="10.0.0.0/8") == "private_address"
    assert bridge.ids == []


async def sent_with(notify: Notify, bridge: Bridge, keys: list[str], allow: str = "127.0.0.0/8") -> str | None:
    """The reason why a message was not taken, or None."""
    channel = WebhookChannel(bridge.url, keys, notify.store, networks(allow))
    message = Outgoing(uuid4(), NEIGHBOUR, NEIGHBOUR, "a", "offered", None, NOON)
    outcomes = await channel.send([message])
    await channel.close()
    return outcomes[message.id].reason


def test_a_network_that_is_none_stops_the_start_and_is_named(settings: Settings) -> None:
    wrong = {"webhook_url": "https://a.example", "webhook_secret": KEY, "webhook_allow": "house"}
    with pytest.raises(SettingsError, match=r"WEBHOOK_ALLOW.*house"):
        Notify(settings.model_copy(update=wrong))
