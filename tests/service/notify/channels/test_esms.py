"""Promise 2.3: eSMS.vn end to end: registered sentences, repeats, receipts by GET, and what is asked after a crash."""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select
from sqlmodel import col

from services.notify.channels.esms import Esms, EsmsSettings
from services.notify.channels.fitting import Health
from services.notify.receipts.tables import KeptReceipt
from shared.settings import Settings, SettingsError
from tests.service.notify.conftest import Notify
from tests.service.notify.story import RESIDENT, Story, everybody, places_known
from tests.support.stand_ins import esms as stand_in
from tests.support.stand_ins.esms import API_KEY, BRANDNAME, FREE, SECRET_KEY, EsmsSide


@pytest.fixture
async def side() -> AsyncIterator[EsmsSide]:
    async with stand_in.esms() as made:
        yield made
        assert made.wrong == []


@pytest.fixture
async def notify(settings: Settings, side: EsmsSide, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Notify]:
    """Everybody is told by eSMS first."""
    told = {"API_KEY": API_KEY, "SECRET_KEY": SECRET_KEY, "BRANDNAME": BRANDNAME, "URL": side.url}
    for name, value in told.items():
        monkeypatch.setenv(f"ESMS_{name}", value)
    running = Notify(settings.model_copy(update={"channels": "esms"}))
    await running.hear(*places_known(), *everybody())
    yield running
    await running.store.close()


async def test_a_resident_is_told_by_brandname_and_the_receipt_says_that_it_arrived(
    notify: Notify, side: EsmsSide
) -> None:
    await notify.hear(Story().submitted())
    (message,) = await notify.messages(phone=RESIDENT)
    taken = side.taken[str(message.id)]
    assert (message.state, message.provider_id, taken.text) == ("sent", taken.sms, message.text)
    await receive(notify, side, message.id, status=5, success=1)
    (message,) = await notify.messages(phone=RESIDENT)
    assert message.state == "delivered"


async def test_five_gets_of_one_receipt_count_once_and_a_late_waiting_changes_nothing(
    notify: Notify, side: EsmsSide
) -> None:
    await notify.hear(Story().submitted())
    (message,) = await notify.messages(phone=RESIDENT)
    for _ in range(5):
        await receive(notify, side, message.id, status=5, success=1)
    await receive(notify, side, message.id, status=7)
    assert await receipts(notify) == {"delivered": 1, "on_its_way": 1}
    (message,) = await notify.messages(phone=RESIDENT)
    assert message.state == "delivered"


async def test_finished_with_failures_alone_is_a_failure(notify: Notify, side: EsmsSide) -> None:
    await notify.hear(Story().submitted())
    (message,) = await notify.messages(phone=RESIDENT)
    await receive(notify, side, message.id, status=5, failed=2)
    assert await receipts(notify) == {"failed": 1}


@pytest.mark.parametrize(("known", "kind"), [(5, "delivered"), (7, "on_its_way")])
async def test_finished_without_a_word_how_is_asked_again(
    notify: Notify, side: EsmsSide, known: int, kind: str
) -> None:
    await notify.hear(Story().submitted())
    (message,) = await notify.messages(phone=RESIDENT)
    side.statuses[message.provider_id] = known
    await receive(notify, side, message.id, status=5)
    assert await receipts(notify) == {kind: 1}


async def test_a_receipt_that_we_did_not_seal_is_not_to_be_had(notify: Notify, side: EsmsSide) -> None:
    await notify.hear(Story().submitted())
    (message,) = await notify.messages(phone=RESIDENT)
    address, query = side.receipt(str(message.id), 5, 1)
    forged = address.replace(str(message.id), str(uuid4()))
    for wrong in (forged, address[:-1] + ("0" if address[-1] != "0" else "1"), address.rsplit("/", 1)[0] + "/ã"):
        assert (await notify.browser.get(wrong, params=query)).status_code == 404
    assert await receipts(notify) == {}


async def test_what_was_taken_before_the_line_broke_is_not_sent_twice(notify: Notify, side: EsmsSide) -> None:
    side.hangs_up_after_taking = True
    await notify.hear(Story().submitted())
    side.hangs_up_after_taking = False
    await notify.pass_time(timedelta(minutes=2))
    (message,) = await notify.messages(phone=RESIDENT)
    assert (message.state, message.provider_id) == ("sent", side.taken[str(message.id)].sms)
    assert len(side.taken) == 1


async def test_a_sentence_that_no_network_knows_goes_no_further_here(notify: Notify, side: EsmsSide) -> None:
    side.templates = ["{P1,20} la ma cua ban"]
    await notify.hear(Story().submitted())
    message = (await notify.messages(phone=RESIDENT))[0]
    assert (message.channel, message.state, message.reason) == ("esms", "failed", "not_registered")


async def test_a_sentence_that_fits_its_slots_passes(notify: Notify, side: EsmsSide) -> None:
    await notify.hear(Story().submitted())
    (taken,) = side.taken.values()
    side.templates = [taken.text[:10] + "{P1,200}"]
    await notify.hear(Story().submitted("+84905000009"))
    assert len(side.taken) == 2


async def test_no_money_is_waited_for(notify: Notify, side: EsmsSide) -> None:
    side.code = "103"
    await notify.hear(Story().submitted())
    side.code = None
    await notify.pass_time(timedelta(minutes=2))
    (message,) = await notify.messages(phone=RESIDENT)
    assert message.state == "sent"


async def test_after_a_crash_it_asks_about_what_has_a_name(notify: Notify, side: EsmsSide) -> None:
    await notify.hear(Story().submitted())
    (message,) = await notify.messages(phone=RESIDENT)
    channel = Esms(EsmsSettings.model_validate({}), notify.store, "http://a", "a key of sixteen")
    past = await channel.ask([message.id, unknown := uuid4()])
    await channel.close()
    assert past == {message.id: "sent", unknown: "unknown"}


async def test_it_says_whether_keys_and_money_are_there(notify: Notify, side: EsmsSide) -> None:
    channel = Esms(EsmsSettings.model_validate({}), notify.store, "http://a", "a key of sixteen")
    assert await channel.check() == Health("well")
    side.balance = 0
    assert await channel.check() == Health("ailing", "no credit")
    await channel.close()
    wrong = Esms(EsmsSettings(api_key="x", secret_key="y", url=side.url), notify.store, "http://a", "a key")
    assert await wrong.check() == Health("down", "code 101")
    await wrong.close()


def test_what_is_not_told_stops_the_start_and_is_named(settings: Settings) -> None:
    with pytest.raises(SettingsError, match="ESMS_API_KEY"):
        Notify(settings.model_copy(update={"channels": "esms"}))


def test_a_slot_of_a_template_takes_as_many_signs_as_it_says() -> None:
    pattern = stand_in._pattern("{P1,3} la ma, {P2,2}.")
    assert pattern.fullmatch("abc la ma, de.") and not pattern.fullmatch("abcd la ma, de.")
    assert stand_in._pattern(FREE).fullmatch("anything\nat all")


async def receive(
    notify: Notify, side: EsmsSide, message: UUID, status: int, success: int = 0, failed: int = 0
) -> None:
    address, query = side.receipt(str(message), status, success, failed)
    assert (await notify.browser.get(address, params=query)).status_code == 200


async def receipts(notify: Notify) -> dict[str, int]:
    """How many are kept of each kind."""
    statement = select(col(KeptReceipt.kind), func.count()).group_by(col(KeptReceipt.kind))
    async with notify.store.read() as connection:
        return {row[0]: row[1] for row in await connection.execute(statement)}
