"""Promise 2.3: a person links a chat by a code from an SMS, works by it, and takes the link back."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from shared.identity import Principal, Role
from shared.settings import Settings
from tests.service.notify.channels.chatting import chatting, code_by_sms
from tests.service.notify.conftest import Notify
from tests.service.notify.story import LEADER, NEIGHBOUR, RESIDENT, Story
from tests.support.stand_ins.telegram import TOKEN, TelegramStandIn, telegram_stand_in

SECRET = "a_secret_for_webhooks"
CHAT, STRANGER = 700000000001, 700000000002


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramStandIn]:
    async with telegram_stand_in() as stand_in:
        yield stand_in


@pytest.fixture
async def notify(
    settings: Settings, telegram: TelegramStandIn, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Notify]:
    """Nobody linked anything yet."""
    monkeypatch.setattr("services.notify.channels.telegram.CHAT_S", 0.0)
    environment = {"TOKEN": TOKEN, "BOT": "@caunoi_bot", "URL": telegram.url, "UPDATES": "webhook"}
    for name, value in {**environment, "WEBHOOK_SECRET": SECRET}.items():
        monkeypatch.setenv(f"TELEGRAM_{name}", value)
    async with chatting(settings, "simulator,telegram") as running:
        yield running


async def says(notify: Notify, telegram: TelegramStandIn, what: str, chat: int = CHAT) -> str | None:
    """Somebody writes to the bot; its answer, if there is one."""
    before = len(telegram.messages)
    assert await telegram.post(notify.browser, telegram.writes(chat, what), SECRET) == 200
    await notify.settle()
    answers = telegram.messages[before:]
    assert all(answer.chat == str(chat) for answer in answers)
    return answers[-1].text if answers else None


async def want_link(notify: Notify, person: str, kind: str = "telegram", role: Role = Role.ADMINISTRATOR) -> Any:
    token = notify.service.tokens.issue(Principal(role=role, id="asks"))
    answer = await notify.browser.post(
        "/api/v1/messages/links",
        json={"person": person, "kind": kind},
        headers={"authorization": f"Bearer {token}"},
    )
    await notify.settle()
    return answer


async def channels_of(notify: Notify, person: str) -> list[str] | None:
    async with notify.store.read() as connection:
        statement = text("select channels from contact where person_id = :person")
        return await connection.scalar(statement, {"person": person})


async def test_a_word_by_sms_a_code_to_the_bot_and_the_chat_is_linked(
    notify: Notify, telegram: TelegramStandIn
) -> None:
    await notify.write(NEIGHBOUR, "Telegram")
    code = await code_by_sms(notify, NEIGHBOUR)
    assert "@caunoi_bot" in (await notify.texts(NEIGHBOUR))[-1]
    answer = await says(notify, telegram, f"/start {code}")
    assert answer and answer.startswith("Đã nối Telegram với số •••001")
    assert await channels_of(notify, "neighbour") == ["telegram", "simulator"]
    story = Story()
    await notify.hear(story.offered("T-2"))
    assert telegram.messages[-1].buttons
    await says(notify, telegram, "NHAN")
    (reply,) = await notify.published("replies.received")
    assert (reply["command"], reply["person"], reply["code"]) == ("accept", "neighbour", story.code)


async def test_an_administrator_has_a_code_sent(notify: Notify, telegram: TelegramStandIn) -> None:
    assert (await want_link(notify, "leader")).status_code == 202
    answer = await says(notify, telegram, await code_by_sms(notify, LEADER))
    assert answer and answer.startswith("Đã nối")
    assert await channels_of(notify, "leader") == ["telegram", "simulator"]
    assert (await want_link(notify, "leader")).status_code == 429
    assert (await want_link(notify, "nobody")).status_code == 404
    assert (await want_link(notify, "leader", "zalo")).status_code == 422
    assert (await want_link(notify, "leader", role=Role.OPERATOR)).status_code == 404


async def test_a_code_is_good_once(notify: Notify, telegram: TelegramStandIn) -> None:
    await notify.write(NEIGHBOUR, "TELEGRAM")
    code = await code_by_sms(notify, NEIGHBOUR)
    await says(notify, telegram, code)
    again = await says(notify, telegram, code, STRANGER)
    assert again and again.startswith("Mã này sai")


async def test_a_code_grows_old(notify: Notify, telegram: TelegramStandIn) -> None:
    await notify.write(NEIGHBOUR, "TELEGRAM")
    code = await code_by_sms(notify, NEIGHBOUR)
    await notify.pass_time(timedelta(minutes=16))
    answer = await says(notify, telegram, code)
    assert answer and answer.startswith("Mã này sai")


async def test_a_new_code_ends_the_one_before(notify: Notify, telegram: TelegramStandIn) -> None:
    await notify.write(NEIGHBOUR, "TELEGRAM")
    first = await code_by_sms(notify, NEIGHBOUR)
    await notify.write(NEIGHBOUR, "TELEGRAM")
    assert await code_by_sms(notify, NEIGHBOUR) == first  # too soon: none was sent
    await notify.pass_time(timedelta(minutes=3))
    await notify.write(NEIGHBOUR, "TELEGRAM")
    assert await code_by_sms(notify, NEIGHBOUR) != first
    answer = await says(notify, telegram, first)
    assert answer and answer.startswith("Mã này sai")


async def test_five_codes_a_day_are_enough(notify: Notify) -> None:
    for _ in range(7):
        await notify.write(NEIGHBOUR, "TELEGRAM")
        await notify.pass_time(timedelta(minutes=3))
    assert len(await notify.texts(NEIGHBOUR)) == 5


async def test_after_five_wrong_codes_none_is_looked_at_for_an_hour(notify: Notify, telegram: TelegramStandIn) -> None:
    answers = [await says(notify, telegram, f"ABCDEF{n}{n}") for n in range(2, 8)]
    assert [bool(answer) for answer in answers] == [True] * 5 + [False]
    assert answers[4] and answers[4].startswith("Sai mã nhiều lần")
    await notify.write(NEIGHBOUR, "TELEGRAM")
    code = await code_by_sms(notify, NEIGHBOUR)
    assert await says(notify, telegram, code) is None
    assert await channels_of(notify, "neighbour") is None
    await notify.pass_time(timedelta(minutes=61))
    await notify.write(NEIGHBOUR, "TELEGRAM")
    answer = await says(notify, telegram, await code_by_sms(notify, NEIGHBOUR))
    assert answer and answer.startswith("Đã nối")


async def test_a_stranger_is_told_once_how_to_link(notify: Notify, telegram: TelegramStandIn) -> None:
    answer = await says(notify, telegram, "xin chào")
    assert answer and "Nhắn SMS TELEGRAM tới 8077" in answer
    assert await says(notify, telegram, "NHAN 1") is None
    assert await notify.published("replies.received") == []


async def test_stop_in_a_chat_unlinks_it_and_sms_goes_on(notify: Notify, telegram: TelegramStandIn) -> None:
    await notify.write(NEIGHBOUR, "TELEGRAM")
    await says(notify, telegram, await code_by_sms(notify, NEIGHBOUR))
    answer = await says(notify, telegram, "Ngừng")
    assert answer and answer.startswith("Đã thôi nối Telegram")
    assert await channels_of(notify, "neighbour") is None
    told = len(telegram.messages)
    await notify.hear(Story().offered("T-2"))
    assert len(telegram.messages) == told
    assert (await notify.alerts(NEIGHBOUR))[-1] == "offered"
    assert await notify.published("replies.received") == []


async def test_a_chat_moves_to_another_phone(notify: Notify, telegram: TelegramStandIn) -> None:
    await notify.write(NEIGHBOUR, "TELEGRAM")
    await says(notify, telegram, await code_by_sms(notify, NEIGHBOUR))
    await notify.write(LEADER, "TELEGRAM")
    answer = await says(notify, telegram, await code_by_sms(notify, LEADER))
    assert answer and answer.startswith("Đã nối")
    told = len(telegram.messages)
    await notify.hear(Story().offered("T-2"))
    assert len(telegram.messages) == told
    assert (await notify.alerts(NEIGHBOUR))[-1] == "offered"


async def test_a_resident_may_link_too(notify: Notify, telegram: TelegramStandIn) -> None:
    story = Story()
    await notify.hear(story.submitted())
    await notify.write(RESIDENT, "kênh")
    await says(notify, telegram, await code_by_sms(notify, RESIDENT))
    answer = await says(notify, telegram, "XEM")
    assert answer and story.code[:3] in answer


async def test_neither_store_nor_lists_hold_the_code(notify: Notify) -> None:
    await notify.write(NEIGHBOUR, "TELEGRAM")
    code = await code_by_sms(notify, NEIGHBOUR)
    async with notify.store.read() as connection:
        kept = (await connection.execute(text("select code_hash from linkcode"))).scalars().all()
    assert len(kept) == 1 and code not in str(kept)
    shown = await notify.get("/api/v1/messages", Role.OPERATOR, unit="66")
    assert code not in shown.text
