"""Promise 2.3: SpeedSMS.vn end to end: its limit, its receipts in any order, and texts that come in."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from services.notify.channels.fitting import Health
from services.notify.channels.speedsms import SpeedSms, SpeedSmsSettings
from shared.settings import Settings
from tests.service.notify.channels.test_esms import receipts
from tests.service.notify.conftest import Notify
from tests.service.notify.story import RESIDENT, Story, everybody, places_known
from tests.support.stand_ins import speedsms as stand_in
from tests.support.stand_ins.speedsms import TOKEN, TOO_FAST, SpeedSmsSide

SECRET = "a secret of sixteen letters"
HOOK = f"/hooks/speedsms/{SECRET}"


@pytest.fixture
async def side() -> AsyncIterator[SpeedSmsSide]:
    async with stand_in.speedsms() as made:
        yield made


@pytest.fixture
async def notify(settings: Settings, side: SpeedSmsSide, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Notify]:
    """Everybody is told by SpeedSMS, from a number that can be answered."""
    for name, value in {"TOKEN": TOKEN, "HOOK_SECRET": SECRET, "TYPE": "8", "URL": side.url}.items():
        monkeypatch.setenv(f"SPEEDSMS_{name}", value)
    running = Notify(settings.model_copy(update={"channels": "speedsms"}))
    await running.hear(*places_known(), *everybody())
    yield running
    await running.store.close()


@pytest.mark.parametrize("as_string", [False, True])
async def test_a_receipt_finds_its_message_whether_its_id_is_a_number_or_a_string(
    notify: Notify, side: SpeedSmsSide, as_string: bool
) -> None:
    side.ids_are_strings = as_string
    await notify.hear(Story().submitted())
    assert await report(notify, 1 if as_string else "1", 0) == 200
    (message,) = await notify.messages(phone=RESIDENT)
    assert (message.state, message.provider_id) == ("delivered", "1")


async def test_failed_for_now_is_no_failure_and_a_repeat_counts_once(notify: Notify, side: SpeedSmsSide) -> None:
    await notify.hear(Story().submitted())
    for status in (40, 40, 70, 70):
        assert await report(notify, 1, status) == 200
    assert await receipts(notify) == {"on_its_way": 1, "failed": 1}


async def test_somebody_who_answers_is_heard_once_however_often_they_tell_us(
    notify: Notify, side: SpeedSmsSide
) -> None:
    text = {"type": "sms", "phone": "84905123456", "content": "XEM"}
    for _ in range(3):
        assert (await notify.browser.post(HOOK, json=text)).status_code == 200
    await notify.settle()
    assert [phone for phone, _ in side.taken] == ["84905123456"]


async def test_who_does_not_know_the_secret_tells_us_nothing(notify: Notify) -> None:
    text = {"type": "sms", "phone": "84905123456", "content": "XEM"}
    assert (await notify.browser.post("/hooks/speedsms/another-secret", json=text)).status_code == 404
    assert (await notify.browser.post(HOOK, json={"type": "else"})).status_code == 422
    assert (await notify.browser.post(HOOK, content=b"\xff")).status_code == 422


async def test_too_fast_waits_as_long_as_they_say_and_calls_no_more_in_this_batch(
    notify: Notify, side: SpeedSmsSide
) -> None:
    side.manners = TOO_FAST
    await notify.hear(*(Story().submitted(f"+8490500000{n}") for n in range(8)))
    assert side.calls <= 4
    side.manners = None
    await notify.pass_time(timedelta(minutes=2))
    assert len(side.taken) == 8


async def test_it_says_whether_token_and_money_are_there(side: SpeedSmsSide) -> None:
    async def health(token: str) -> Health:
        channel = SpeedSms(SpeedSmsSettings(token=token, hook_secret=SECRET, url=side.url))
        found = await channel.check()
        await channel.close()
        return found

    assert await health(TOKEN) == Health("well")
    assert await health("another") == Health("down", "code 401")
    side.balance = 0
    assert await health(TOKEN) == Health("ailing", "no credit")


@pytest.mark.parametrize(("type", "two_way"), [(3, False), (2, False), (5, True), (8, True)])
def test_a_brandname_cannot_be_answered_and_a_number_of_ones_own_can(type: Any, two_way: bool) -> None:
    assert SpeedSms(SpeedSmsSettings(token=TOKEN, hook_secret=SECRET, type=type)).two_way is two_way


async def report(notify: Notify, tran: int | str, status: int) -> int:
    body = {"type": "report", "tranId": tran, "phone": "84905123456", "status": status}
    return (await notify.browser.post(HOOK, json=body)).status_code
