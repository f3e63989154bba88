"""Promise 2.3, Telegram: buttons, presses, webhook and polling, against a stand-in that speaks its Bot API."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlmodel import col

from services.notify.channels.bots import Bot, Registration
from services.notify.channels.channel import Outgoing
from services.notify.channels.fitting import ways_out
from services.notify.channels.inbound import Receipt, Text
from services.notify.channels.spacing import Spacing
from services.notify.channels.telegram import Telegram
from services.notify.channels.telegram_polling import Polling
from services.notify.channels.telegram_updates import Updates
from services.notify.contacts.tables import LinkedAddress
from shared.settings import Settings, SettingsError
from shared.store import Unit
from tests.service.notify.channels.chatting import chatting, linked
from tests.service.notify.conftest import Notify
from tests.service.notify.story import NEIGHBOUR, NOON, Story
from tests.support.stand_ins.telegram import TOKEN, TelegramStandIn, blocked, refused, telegram_stand_in, too_fast

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
    """The neighbour linked his chat; updates come by webhook."""
    monkeypatch.setattr("services.notify.channels.telegram.CHAT_S", 0.0)
    environment = {"TOKEN": TOKEN, "BOT": "@caunoi_bot", "URL": telegram.url, "UPDATES": "webhook"}
    for name, value in {**environment, "WEBHOOK_SECRET": SECRET}.items():
        monkeypatch.setenv(f"TELEGRAM_{name}", value)
    async with chatting(settings, "telegram") as running:
        await linked(running, "telegram", NEIGHBOUR, str(CHAT))
        yield running


async def deliver(notify: Notify, telegram: TelegramStandIn, update: dict[str, Any]) -> None:
    assert await telegram.post(notify.browser, update, SECRET) == 200
    await notify.settle()


async def is_bad(notify: Notify) -> bool:
    async with notify.store.read() as connection:
        found = await connection.scalar(select(col(LinkedAddress.is_bad)).where(col(LinkedAddress.phone) == NEIGHBOUR))
    assert found is not None
    return found


async def test_it_is_there_only_where_it_is_named(settings: Settings) -> None:
    assert "telegram" not in ways_out(settings)
    assert ways_out(settings.model_copy(update={"channels": "telegram"})) == ("telegram", "simulator")


async def test_an_offer_has_buttons_and_a_press_accepts_it(notify: Notify, telegram: TelegramStandIn) -> None:
    story = Story()
    await notify.hear(story.offered("T-2"))
    (sent,) = telegram.messages
    assert sent.chat == str(CHAT)
    assert [button["text"] for button in sent.buttons] == ["Nhận", "Không nhận"]
    press = telegram.presses(CHAT, "Nhận")
    await deliver(notify, telegram, press)
    (reply,) = await notify.published("replies.received")
    assert (reply["command"], reply["person"], reply["code"]) == ("accept", "neighbour", story.code)
    assert telegram.answered[press["callback_query"]["id"]]["text"].startswith("Đã ghi NHAN")
    assert sent.buttons == []


async def test_the_same_press_twice_counts_once(notify: Notify, telegram: TelegramStandIn) -> None:
    await notify.hear(Story().offered("T-2"))
    press = telegram.presses(CHAT, "Nhận")
    await deliver(notify, telegram, press)
    await deliver(notify, telegram, press)
    assert len(await notify.published("replies.received")) == 1


async def test_decline_and_done_have_their_buttons_too(notify: Notify, telegram: TelegramStandIn) -> None:
    first, second = Story(), Story()
    await notify.hear(first.offered("T-2"))
    await deliver(notify, telegram, telegram.presses(CHAT, "Không nhận"))
    await notify.hear(second.submitted(), second.offered("T-2"), second.accepted("neighbour", "T-2"))
    await deliver(notify, telegram, telegram.presses(CHAT, "Đã xong"))
    told = await notify.published("replies.received")
    assert [(reply["command"], reply["code"]) for reply in told] == [("decline", first.code), ("resolve", second.code)]


async def test_a_press_of_somebody_who_is_not_linked_does_nothing(notify: Notify, telegram: TelegramStandIn) -> None:
    story = Story()
    await notify.hear(story.offered("T-2"))
    press = telegram.presses_data(STRANGER, f"NHAN:{story.code}", 1, STRANGER)
    await deliver(notify, telegram, press)
    assert await notify.published("replies.received") == []
    assert telegram.answered[press["callback_query"]["id"]]["show_alert"] is True
    assert telegram.messages[0].buttons


async def test_a_press_changed_on_the_phone_reaches_no_other_team_s_ticket(
    notify: Notify, telegram: TelegramStandIn
) -> None:
    story = Story()
    await notify.hear(story.offered("T-1"))
    await deliver(notify, telegram, telegram.presses_data(CHAT, f"NHAN:{story.code}", 1, CHAT))
    await deliver(notify, telegram, telegram.presses_data(CHAT, "drop table", 1, CHAT))
    assert await notify.published("replies.received") == []


async def test_a_late_press_is_no_failure(notify: Notify, telegram: TelegramStandIn) -> None:
    await notify.hear(Story().offered("T-2"))
    press = telegram.presses(CHAT, "Nhận")
    telegram.too_old.add(press["callback_query"]["id"])
    await deliver(notify, telegram, press)
    assert len(await notify.published("replies.received")) == 1
    assert telegram.messages[0].buttons == []


async def test_words_do_as_well_as_buttons(notify: Notify, telegram: TelegramStandIn) -> None:
    await notify.hear(Story().offered("T-2"))
    await deliver(notify, telegram, telegram.writes(CHAT, "nhận 1"))
    await deliver(notify, telegram, telegram.writes(CHAT, "XEM 1"))
    (reply,) = await notify.published("replies.received")
    assert reply["command"] == "accept"
    assert telegram.messages[-1].chat == str(CHAT) and telegram.messages[-1].text.startswith("Viec 1")


async def test_what_is_said_in_a_group_is_nobody_s(notify: Notify, telegram: TelegramStandIn) -> None:
    await notify.hear(Story().offered("T-2"))
    await deliver(notify, telegram, telegram.writes(CHAT, "NHAN 1", kind="group"))
    assert await notify.published("replies.received") == []


async def test_a_wrong_secret_is_turned_away(notify: Notify, telegram: TelegramStandIn) -> None:
    update = telegram.writes(CHAT, "NHAN 1")
    assert await telegram.post(notify.browser, update, "another_secret") == 401
    assert await telegram.post(notify.browser, update) == 401
    assert await telegram.post(notify.browser, {"update_id": 5, "poll": {}}, SECRET) == 200


async def test_who_blocked_the_bot_is_told_by_sms_and_not_tried_again(
    notify: Notify, telegram: TelegramStandIn
) -> None:
    telegram.on_send = blocked
    await notify.hear(Story().offered("T-2"))
    assert await is_bad(notify)
    told = [(m.channel, m.state, m.reason) for m in await notify.messages(person="neighbour")]
    assert told == [("telegram", "failed", "chat_closed"), ("simulator", "delivered", None)]
    telegram.on_send = None
    await notify.hear(Story().offered("T-2"))
    assert telegram.messages == []
    await deliver(notify, telegram, telegram.blocks(CHAT, "member"))
    assert not await is_bad(notify)
    await deliver(notify, telegram, telegram.blocks(CHAT))
    assert await is_bad(notify)
    await deliver(notify, telegram, telegram.writes(CHAT, "ok"))
    assert not await is_bad(notify)


async def test_too_fast_waits_as_long_as_it_is_asked_to(telegram: TelegramStandIn) -> None:
    telegram.on_send = lambda: too_fast(300)
    outcome = await _sent(telegram, TOKEN)
    assert (outcome.kind, outcome.reason) == ("temporary", "too_fast")
    assert outcome.retry_after and outcome.retry_after.total_seconds() == 300
    telegram.on_send = lambda: too_fast(999_999)
    wait = (await _sent(telegram, TOKEN)).retry_after
    assert wait and wait.total_seconds() == 3600


async def test_a_wrong_token_goes_to_sms_and_passing_trouble_does_not(telegram: TelegramStandIn) -> None:
    wrong = await _sent(telegram, "1:another")
    assert (wrong.kind, wrong.reason) == ("permanent", "ours_to_fix")
    telegram.on_send = lambda: refused(502, "Bad Gateway")
    assert (await _sent(telegram, TOKEN)).kind == "temporary"


async def _sent(telegram: TelegramStandIn, token: str) -> Any:
    bot = Bot(telegram.url, token, timeout_s=5)
    message = Outgoing(uuid4(), NEIGHBOUR, str(CHAT), "a", "offered", None, NOON)
    outcomes = await Telegram(bot, "@caunoi_bot", Spacing(0, 0)).send([message])
    await bot.close()
    return outcomes[message.id]


async def test_one_chat_gets_its_messages_one_after_the_other() -> None:
    spacing = Spacing(chat_s=0.05, all_s=0)
    began = time.monotonic()
    for chat in ("1", "2", "1"):
        await spacing.turn(chat)
    assert time.monotonic() - began > 0.045


class _Heard:
    """An `Inbound` that keeps what it is given."""

    def __init__(self) -> None:
        self.said: list[Text] = []
        self.fails = False
        self.poison = ""

    async def texts(self, unit: Unit, texts: Sequence[Text]) -> None:
        if self.fails:
            raise ConnectionError
        if any(self.poison and text.text == self.poison for text in texts):
            raise ValueError
        self.said.extend(texts)

    async def receipts(self, unit: Unit, receipts: Sequence[Receipt]) -> None:
        raise AssertionError(f"Telegram has no receipts: {receipts}")


async def test_polling_confirms_only_what_is_kept(notify: Notify, telegram: TelegramStandIn) -> None:
    bot, heard = Bot(telegram.url, TOKEN), _Heard()
    polling = Polling(bot, notify.store, Updates(bot, notify.store, notify.clock, heard))
    telegram.writes(CHAT, "NHAN 1")
    heard.fails = True
    with pytest.raises(ConnectionError):
        await polling.ask()
    heard.fails = False
    assert await polling.ask() and await polling.ask()
    assert [text.text for text in heard.said] == ["NHAN 1"]
    assert "offset" not in telegram.asked[1] and telegram.asked[2]["offset"] == 1002
    assert telegram.waiting == []
    await bot.close()


async def test_one_update_that_cannot_be_taken_stops_no_other(notify: Notify, telegram: TelegramStandIn) -> None:
    bot, heard = Bot(telegram.url, TOKEN), _Heard()
    polling = Polling(bot, notify.store, Updates(bot, notify.store, notify.clock, heard))
    for text in ("NHAN 1", "poison", "NHAN 2"):
        telegram.writes(CHAT, text)
    heard.poison = "poison"
    assert await polling.ask() and await polling.ask()
    assert [text.text for text in heard.said] == ["NHAN 1", "NHAN 2"]
    assert telegram.waiting == []
    await bot.close()


async def test_what_no_store_can_keep_is_left_out_of_a_text(notify: Notify, telegram: TelegramStandIn) -> None:
    await notify.hear(Story().offered("T-2"))
    await deliver(notify, telegram, telegram.writes(CHAT, "NHAN\0 1 \ud83d"))
    assert [reply["command"] for reply in await notify.published("replies.received")] == ["accept"]


async def test_polling_takes_a_forgotten_webhook_back_and_waits_for_another_poller(
    notify: Notify, telegram: TelegramStandIn
) -> None:
    bot, heard = Bot(telegram.url, TOKEN), _Heard()
    polling = Polling(bot, notify.store, Updates(bot, notify.store, notify.clock, heard))
    telegram.webhook = {"url": "https://elsewhere.example"}
    assert not await polling.ask()
    assert telegram.webhook is None
    telegram.other_poller = True
    assert not await polling.ask()
    telegram.other_poller = False
    assert await polling.ask()
    await bot.close()


async def test_of_two_processes_one_polls_and_the_other_takes_over(
    notify: Notify, telegram: TelegramStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.notify.channels.telegram_polling.PAUSE_S", 0.01)
    heard = (_Heard(), _Heard())
    pollings = []
    for one in heard:
        bot = Bot(telegram.url, TOKEN)
        pollings.append(Polling(bot, notify.store, Updates(bot, notify.store, notify.clock, one)))
    for turn, polling in enumerate(pollings):
        await polling.start()
        if turn == 0:
            await _until(lambda: bool(telegram.asked))
    telegram.writes(CHAT, "NHAN 1")
    await _until(lambda: bool(heard[0].said))
    await pollings[0].stop()
    telegram.writes(CHAT, "NHAN 2")
    await _until(lambda: any(text.text == "NHAN 2" for text in heard[1].said))
    await pollings[1].stop()
    assert [text.text for text in heard[0].said] == ["NHAN 1"]


async def _until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not true():
            await asyncio.sleep(0.01)


async def test_it_tells_telegram_where_its_webhook_is(telegram: TelegramStandIn) -> None:
    bot = Bot(telegram.url, TOKEN)
    hook = Registration(
        bot, "telegram", {"url": "https://caunoi.example/hooks/telegram/updates", "secret_token": SECRET}
    )
    await hook.start()
    await _until(lambda: telegram.webhook is not None)
    await hook.stop()


async def test_a_webhook_without_a_secret_stops_the_start(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"TOKEN": TOKEN, "BOT": "@caunoi_bot", "UPDATES": "webhook"}.items():
        monkeypatch.setenv(f"TELEGRAM_{name}", value)
    with pytest.raises(SettingsError, match="TELEGRAM_WEBHOOK_SECRET"):
        Notify(settings.model_copy(update={"channels": "telegram"}))


async def test_the_check_says_whether_the_token_is_good(telegram: TelegramStandIn) -> None:
    for token, state in ((TOKEN, "well"), ("1:another", "down")):
        bot = Bot(telegram.url, token)
        assert (await Telegram(bot, "@caunoi_bot", Spacing(0, 0)).check()).state == state
        await bot.close()
