"""Promise 2.3, Zalo Bot: a team's bot with a static token, against a stand-in."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from services.notify.channels.bots import Bot, Registration
from services.notify.channels.spacing import Spacing
from services.notify.channels.zalo_bot import HOOK, ZaloBot
from shared.settings import Settings
from tests.service.notify.channels.chatting import chatting, code_by_sms
from tests.service.notify.conftest import Notify
from tests.service.notify.story import NEIGHBOUR, Story
from tests.support.stand_ins.zalo_bot import TOKEN, ZaloBotStandIn, no_chat, zalo_bot_stand_in

SECRET = "a secret of sixteen"
CHAT = "6ede9afa66b88fe6d6a9"


@pytest.fixture
async def zalo() -> AsyncIterator[ZaloBotStandIn]:
    async with zalo_bot_stand_in() as stand_in:
        yield stand_in


@pytest.fixture
async def notify(settings: Settings, zalo: ZaloBotStandIn, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Notify]:
    monkeypatch.setattr("services.notify.channels.zalo_bot.CHAT_S", 0.0)
    values = {"TOKEN": TOKEN, "NAME": "Bot Tổ Buôn Kbu", "WEBHOOK_SECRET": SECRET, "URL": zalo.url}
    for name, value in values.items():
        monkeypatch.setenv(f"ZALO_BOT_{name}", value)
    async with chatting(settings, "simulator,zalo_bot") as running:
        yield running


async def deliver(notify: Notify, event: dict[str, Any], secret: str = SECRET) -> int:
    answer = await notify.browser.post(HOOK, json=event, headers={"x-bot-api-secret-token": secret})
    await notify.settle()
    return answer.status_code


@pytest.mark.parametrize("wrapped", [True, False], ids=["in an envelope", "bare"])
async def test_a_team_member_links_and_accepts_in_either_shape(
    notify: Notify, zalo: ZaloBotStandIn, *, wrapped: bool
) -> None:
    await notify.write(NEIGHBOUR, "ZALO")
    code = await code_by_sms(notify, NEIGHBOUR)
    assert await deliver(notify, zalo.writes(CHAT, code.lower(), wrapped=wrapped)) == 200
    assert zalo.messages[-1][1].startswith("Đã nối Zalo")
    story = Story()
    await notify.hear(story.offered("T-2"))
    assert zalo.messages[-1][0] == CHAT and "NHAN 1" in zalo.messages[-1][1]
    said = zalo.writes(CHAT, "nhận 1", wrapped=wrapped)
    assert [await deliver(notify, said), await deliver(notify, said)] == [200, 200]
    (reply,) = await notify.published("replies.received")
    assert (reply["command"], reply["code"], reply["person"]) == ("accept", story.code, "neighbour")


async def test_a_wrong_secret_is_turned_away(notify: Notify, zalo: ZaloBotStandIn) -> None:
    assert await deliver(notify, zalo.writes(CHAT, "xin chào", wrapped=True), "a wrong secret") == 401
    assert zalo.messages == []


async def test_a_picture_of_a_stranger_gets_the_one_answer_and_a_group_none(
    notify: Notify, zalo: ZaloBotStandIn
) -> None:
    assert await deliver(notify, zalo.writes(CHAT, "xin chào", wrapped=True, kind="GROUP")) == 200
    assert zalo.messages == []
    await deliver(notify, zalo.writes(CHAT, None, wrapped=True))
    await deliver(notify, zalo.writes(CHAT, "a lô", wrapped=True))
    assert len(zalo.messages) == 1 and "Nhắn SMS ZALOBOT tới 8077" in zalo.messages[0][1]
    for nothing in ({}, {"ok": True, "result": {}}, {"event_name": "message.text.received"}, [], {"result": "x"}):
        assert await deliver(notify, nothing) == 200  # pyright: ignore[reportArgumentType]


async def test_a_chat_that_is_gone_is_told_by_sms(notify: Notify, zalo: ZaloBotStandIn) -> None:
    await notify.write(NEIGHBOUR, "ZALO")
    await deliver(notify, zalo.writes(CHAT, await code_by_sms(notify, NEIGHBOUR), wrapped=True))
    zalo.on_send = no_chat
    await notify.hear(Story().offered("T-2"))
    told = [(m.channel, m.state, m.reason) for m in await notify.messages(alert="offered", person="neighbour")]
    assert told == [("zalo_bot", "failed", "chat_closed"), ("simulator", "delivered", None)]


async def test_it_tells_zalo_where_its_webhook_is_until_it_is_heard(
    zalo: ZaloBotStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.notify.channels.bots.AGAIN_S", 0.01)
    bot = Bot(zalo.url, TOKEN)
    hook = Registration(bot, "zalo_bot", {"url": f"https://caunoi.example{HOOK}", "secret_token": SECRET})
    await hook.start()
    async with asyncio.timeout(30):
        while zalo.webhook is None:
            await asyncio.sleep(0.01)
    await hook.stop()


async def test_the_check_says_whether_the_token_is_good(zalo: ZaloBotStandIn) -> None:
    for token, state in ((TOKEN, "well"), ("1:another", "down")):
        bot = Bot(zalo.url, token)
        assert (await ZaloBot(bot, "Bot", Spacing(0, 0)).check()).state == state
        await bot.close()
