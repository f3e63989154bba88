"""Promise 2.2: SMPP 3.4 with a message centre whose codec shares no line with ours."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import structlog

from services.notify.channels import smpp, smpp_incoming, smpp_link, smpp_session
from services.notify.channels.channel import Outcome, Outgoing
from services.notify.channels.fitting import Fitted
from services.notify.channels.smpp import SmppChannel
from services.notify.inbound import HouseInbound
from shared.settings import Settings
from tests.service.notify.conftest import Notify
from tests.service.notify.story import LEADER, NOON, OTHER, Story, everybody, places_known
from tests.support.stand_ins.smpp.centre import PASSWORD, Centre, running_centre

UCS2, RECEIPT = 8, 4
PATIENCE_S = 60


@dataclass
class Phones:
    """notify, and the message centre with everybody's phone behind it."""

    notify: Notify
    centre: Centre
    fitted: Fitted

    @property
    def channel(self) -> SmppChannel:
        assert isinstance(self.fitted.channel, SmppChannel)
        return self.fitted.channel

    async def send(self, text: str = "Xin chào", to: str = LEADER) -> Outcome:
        """One message, past the queue."""
        message = Outgoing(uuid4(), to, to, text, "answer", None, NOON)
        return (await self.channel.send([message]))[message.id]

    async def offer(self) -> Story:
        story = Story()
        await self.notify.hear(story.submitted(), story.offered())
        return story

    async def write(self, text: str, sender: str = LEADER, **fields: Any) -> None:
        """Somebody texts us, in UCS-2."""
        number = sender.removeprefix("+")
        await self.centre.deliver(
            **{
                "source_addr_ton": 1,
                "source_addr": number,
                "destination_addr": "8077",
                "data_coding": UCS2,
                "hex": text.encode("utf-16-be").hex(),
            }
            | fields
        )

    async def write_in_parts(self, *pieces: tuple[int, str], total: int, reference: int = 7, **fields: Any) -> None:
        """Those parts of a long text, in that order: 3GPP TS 23.040, 9.2.3.24.1."""
        for position, piece in pieces:
            header = bytes((5, 0, 3, reference, total, position))
            await self.write("", hex=(header + piece.encode("utf-16-be")).hex(), esm_class=0x40, **fields)

    async def settled(self, deliveries: int, status: int = 0) -> None:
        """The centre has that answer to so many of its deliveries, and what is due afterwards is done."""

        async def is_so() -> bool:
            answered = [one["status"] for one in (await self.centre.state())["deliveries"]]
            return answered.count(status) >= deliveries

        await until(is_so)
        await self.notify.settle()

    async def replies(self) -> list[dict[str, Any]]:
        return await self.notify.published("replies.received")

    async def states(self, phone: str = LEADER) -> list[tuple[str, bool]]:
        return [(message.state, message.resent) for message in await self.notify.messages(phone=phone, alert="offered")]

    async def is_well(self) -> bool:
        return (await self.fitted.check()).state == "well"

    async def start(self) -> None:
        assert self.fitted.start
        await self.fitted.start()

    async def stop(self) -> None:
        assert self.fitted.stop
        await self.fitted.stop()


async def until(is_so: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not await is_so():
            await asyncio.sleep(0.01)


@pytest.fixture
async def phones(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Phones]:
    """Not yet bound. Pauses are short, patience is long: no test depends on how quick the machine is."""
    centre = running_centre()
    await centre.reset()
    told = {"HOST": "127.0.0.1", "PORT": centre.port, "SYSTEM_ID": "caunoi", "PASSWORD": PASSWORD, "SOURCE": "8077"}
    for name, value in {**told, "WINDOW": 5, "PER_SECOND": 1000, "IDS": "hex_decimal"}.items():
        monkeypatch.setenv(f"SMPP_{name}", str(value))
    monkeypatch.setattr(smpp_link, "FIRST_PAUSE_S", 0.02)
    monkeypatch.setattr(smpp_link, "LONGEST_PAUSE_S", 0.1)
    monkeypatch.setattr(smpp_link, "PATIENCE_S", 30.0)
    monkeypatch.setattr(smpp_session, "ANSWER_S", 30.0)
    await centre.behave(idBase=16)
    fitted: list[Fitted] = []
    monkeypatch.setattr(smpp, "fit", lambda fitting, fit=smpp.fit: fitted.append(fit(fitting)) or fitted[0])
    notify = Notify(settings.model_copy(update={"channels": "smpp", "simulator": False}))
    await notify.hear(*places_known(), *everybody())
    running = Phones(notify, centre, fitted[0])
    yield running
    await running.stop()
    await notify.store.close()


@pytest.fixture
async def bound(phones: Phones) -> Phones:
    await phones.start()
    assert (await phones.fitted.check()).state == "well"
    return phones


async def test_it_binds_as_a_transceiver_and_says_farewell(bound: Phones) -> None:
    await bound.stop()
    state = await bound.centre.state()
    assert state["binds"] == [{"system_id": "caunoi", "system_type": "", "status": 0}]
    assert (state["farewells"], state["bound"]) == (1, 0)


async def test_a_wrong_password_is_told_in_a_word_and_not_tried_all_the_time(phones: Phones) -> None:
    await phones.centre.behave(password="another")
    with structlog.testing.capture_logs() as logs:
        await phones.start()
        await until(lambda: asyncio.sleep(0, any(log["event"] == "smpp.unbound" for log in logs)))
        await asyncio.sleep(0.3)  # ten of the short pauses
        health = await phones.fitted.check()
        smpp_link.PATIENCE_S = 0.01  # the fixture's patch sets it back
        outcome = await phones.send()
    assert (health.state, health.details) == ("down", "refused ESME_RINVPASWD")
    assert outcome == Outcome("temporary", "unreachable")
    assert [bind["status"] for bind in (await phones.centre.state())["binds"]] == [0x0E]
    assert PASSWORD not in f"{logs} {phones.channel._settings!r}"


async def test_diacritics_arrive_letter_by_letter_and_all_else_is_as_the_operator_wants_it(bound: Phones) -> None:
    assert (await bound.send("Tổ Buôn Akŏ Dhông, số 47 🏡")).kind == "sent"
    (submit,) = (await bound.centre.state())["submits"]
    assert (submit["text"], submit["data_coding"]) == ("Tổ Buôn Akŏ Dhông, số 47 🏡", UCS2)
    assert (submit["source"], submit["source_ton"], submit["source_npi"]) == ("8077", 3, 0)
    assert (submit["destination"], submit["dest_ton"], submit["dest_npi"]) == (LEADER[1:], 1, 1)
    assert (submit["esm_class"], submit["registered_delivery"]) == (0, 1)
    assert 5.9 * 3600 < submit["validity_s"] <= 6 * 3600


async def test_what_fits_the_telephone_alphabet_is_sent_in_it(bound: Phones) -> None:
    text = "To Buon Ako Dhong: @ _ $ 5€ [x] {y} ~ ^ | Ññ à\n?"
    assert (await bound.send(text)).kind == "sent"
    (submit,) = (await bound.centre.state())["submits"]
    assert (submit["text"], submit["data_coding"]) == (text, 0)


@pytest.mark.parametrize(("text", "count"), [("Tổ nhận việc, số 47 🏡. " * 9, 4), ("To nhan viec {47}. " * 15, 3)])
async def test_a_long_text_is_joined_at_the_other_side(bound: Phones, text: str, count: int) -> None:
    assert (await bound.send(text)).kind == "sent"
    submits = (await bound.centre.state())["submits"]
    assert [submit["udh"][0][3:] for submit in submits] == [[count, n] for n in range(1, count + 1)]
    assert [submit["registered_delivery"] for submit in submits] == [0] * (count - 1) + [1]
    assert await bound.centre.texts() == [(LEADER, text)]


async def test_no_more_are_in_flight_than_agreed(bound: Phones) -> None:
    await bound.centre.behave(answerAfterMs=20)
    batch = [Outgoing(uuid4(), LEADER, LEADER, f"Tin {n}", "answer", None, NOON) for n in range(20)]
    outcomes = await bound.channel.send(batch)
    assert {outcome.kind for outcome in outcomes.values()} == {"sent"}
    assert len({outcome.provider_id for outcome in outcomes.values()}) == 20
    assert (await bound.centre.state())["mostUnanswered"] == 5


async def test_too_fast_is_slowed_and_tried_again(bound: Phones) -> None:
    await bound.centre.behave(submit="refuse", status=0x58)
    outcome = await bound.send()
    assert (outcome.kind, outcome.reason) == ("temporary", "too_fast") and outcome.retry_after
    assert (await bound.fitted.check()).details == "throttled"
    await bound.centre.behave(submit="take")
    assert (await bound.send()).kind == "sent"
    assert (await bound.fitted.check()).state == "ailing", "as slow as before only little by little"


@pytest.mark.parametrize("how", ["refuse", "nack"])
async def test_a_word_of_the_operator_s_own_ends_no_session(bound: Phones, how: str) -> None:
    await bound.centre.behave(submit=how, status=0x457)
    assert await bound.send() == Outcome("temporary", "SMPP_00000457")
    await bound.centre.behave(submit="take")
    assert (await bound.send()).kind == "sent"
    assert len((await bound.centre.state())["binds"]) == 1


async def test_a_part_that_is_refused_keeps_the_rest_here(bound: Phones) -> None:
    await bound.centre.behave(submit="refuse", status=0x14)
    assert (await bound.send("Tổ " * 60)).kind == "temporary"
    assert len((await bound.centre.state())["submits"]) == 1


async def test_a_submit_without_an_answer_is_sent_again_once_and_marked(bound: Phones) -> None:
    """Resident, leader and helper are told at once; whose text was on its way when the line broke is chance."""
    await bound.centre.behave(submit="drop")
    await bound.offer()
    before = {message.id: message for message in await bound.notify.messages()}
    assert {message.state for message in before.values()} == {"queued"}
    assert any(message.resent for message in before.values())
    await bound.centre.behave(submit="take")
    await until(bound.is_well)
    await bound.notify.pass_time(timedelta(minutes=2))
    texts = [number for number, _ in await bound.centre.texts()]
    for message in await bound.notify.messages():
        assert (message.state, message.resent) == ("sent", before[message.id].resent)
        assert 1 <= texts.count(message.phone) <= 1 + message.resent, "perhaps it broke before that was read"


async def test_a_receipt_makes_it_delivered_however_often_it_comes(bound: Phones) -> None:
    await bound.offer()
    assert await bound.states() == [("sent", False)]
    id = next(s["id"] for s in (await bound.centre.state())["submits"] if s["destination"] == LEADER[1:])
    for stat in ("ENROUTE", "DELIVRD", "DELIVRD", "ENROUTE"):
        await bound.centre.receipt(id, stat)
    await bound.settled(4)
    assert await bound.states() == [("delivered", False)]
    assert len(await bound.notify.published("messages.delivered")) == 1


async def test_a_receipt_may_come_before_the_answer_with_the_id_written_otherwise(bound: Phones) -> None:
    await bound.centre.behave(submit="receipt_first", next=6699)
    await bound.offer()
    await bound.settled(1)
    assert await bound.states() == [("delivered", False)]


async def test_a_reply_is_heard_and_answered(bound: Phones) -> None:
    await bound.offer()
    await bound.write("nhận 1")
    await bound.settled(1)
    (reply,) = await bound.replies()
    assert (reply["command"], reply["person"]) == ("accept", "leader")


async def test_what_cannot_be_stored_is_refused_for_now_and_comes_again(
    bound: Phones, monkeypatch: pytest.MonkeyPatch
) -> None:
    await bound.offer()
    with monkeypatch.context() as broken, structlog.testing.capture_logs() as logs:
        broken.setattr(HouseInbound, "texts", _fails)
        await bound.write("nhận 1")
        await bound.settled(1, status=0x64)
    await bound.settled(1)
    assert len(await bound.replies()) == 1
    assert len((await bound.centre.state())["binds"]) == 1, "a fault of ours ends no session"
    assert {"event": "smpp.not_stored", "error": "RuntimeError", "log_level": "warning"} in logs


async def test_nothing_is_answered_before_it_is_stored(bound: Phones, monkeypatch: pytest.MonkeyPatch) -> None:
    """We die between: the centre has no answer, repeats it, and it counts once."""
    await bound.offer()
    reached = asyncio.Event()
    with monkeypatch.context() as stuck:
        stuck.setattr(HouseInbound, "texts", lambda *_: reached.set() or asyncio.Event().wait())
        await bound.write("nhận 1")
        async with asyncio.timeout(PATIENCE_S):
            await reached.wait()
        assert [one["status"] for one in (await bound.centre.state())["deliveries"]] == [None]
        await bound.centre.drop()
    await bound.settled(1)
    assert len(await bound.replies()) == 1


async def test_what_is_stored_but_whose_answer_is_lost_comes_again_and_counts_once(bound: Phones) -> None:
    await bound.offer()
    await bound.centre.behave(losesAnswers=True)
    await bound.write("nhận 1")

    async def came_again() -> bool:
        (delivery,) = (await bound.centre.state())["deliveries"]
        return delivery["tries"] >= 3

    await until(came_again)
    await bound.centre.behave(losesAnswers=False)
    await bound.settled(1)
    assert len(await bound.replies()) == 1


async def test_the_same_words_written_again_later_count_again(bound: Phones, monkeypatch: pytest.MonkeyPatch) -> None:
    await bound.offer()
    monkeypatch.setattr(smpp_incoming, "SETTLED_S", 0.0)
    for count in (1, 2):
        await bound.write("nhận 1")
        await bound.settled(count)
    assert len(await bound.replies()) == 2


async def test_parts_are_joined_whatever_their_order_and_repeats(bound: Phones) -> None:
    await bound.offer()
    await bound.write_in_parts((2, "ận"), (2, "ận"), (3, " 1"), total=3)
    await bound.settled(3)
    assert await bound.replies() == []
    await bound.write_in_parts((2, "ng"), (1, "XO"), total=2, sender=OTHER)
    await bound.write_in_parts((1, "nh"), total=3)
    await bound.settled(6)
    (reply,) = await bound.replies()
    assert (reply["command"], reply["person"]) == ("accept", "leader")


async def test_a_lone_part_waits_for_ten_minutes_and_no_longer(bound: Phones) -> None:
    await bound.offer()
    await bound.write_in_parts((1, "nhận 1"), total=2)
    await bound.settled(1)
    await bound.notify.pass_time(timedelta(minutes=9))
    assert await bound.replies() == []
    await bound.notify.pass_time(timedelta(minutes=2))
    assert len(await bound.replies()) == 1


async def test_parts_that_came_before_a_restart_are_joined_with_those_after_it(bound: Phones) -> None:
    await bound.offer()
    await bound.write_in_parts((1, "nhận"), total=2)
    await bound.settled(1)
    await bound.stop()
    await bound.start()
    assert (await bound.fitted.check()).state == "well"
    await bound.write_in_parts((2, " 1"), total=2)
    await bound.settled(2)
    assert len(await bound.replies()) == 1


async def test_both_sides_ask_whether_the_other_is_there(phones: Phones, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smpp_session, "ENQUIRE_S", 0.02)
    await phones.start()

    async def was_asked() -> bool:
        return (await phones.centre.state())["enquiries"] >= 3

    await until(was_asked)
    assert await phones.centre.enquire() == 0


async def test_a_centre_that_falls_silent_is_left_and_bound_again(
    bound: Phones, monkeypatch: pytest.MonkeyPatch
) -> None:
    await bound.stop()
    monkeypatch.setattr(smpp_session, "ENQUIRE_S", 0.02)
    await bound.centre.behave(isDeaf=True)
    with monkeypatch.context() as impatient:
        impatient.setattr(smpp_session, "ANSWER_S", 0.2)
        await bound.start()

        async def was_left() -> bool:
            return len((await bound.centre.state())["binds"]) >= 3

        await until(was_left)
    await bound.centre.behave(isDeaf=False)

    await until(bound.is_well)


async def test_a_connection_that_breaks_is_made_again(bound: Phones) -> None:
    for count in (2, 3):
        await bound.centre.drop()

        async def is_bound_again(count: int = count) -> bool:
            state = await bound.centre.state()
            return len(state["binds"]) == count and state["bound"] == 1

        await until(is_bound_again)
    assert (await bound.send()).kind == "sent"


async def test_no_log_holds_what_people_wrote_or_who_they_are(bound: Phones) -> None:
    with structlog.testing.capture_logs() as logs:
        await bound.offer()
        await bound.write("nhận 1, máy ở nhà H Rinh")
        await bound.settled(1)
        await bound.centre.deliver(source_addr=LEADER[1:], esm_class=RECEIPT, short_message="id: nothing")
        await bound.settled(2)
    told = str(logs)
    assert LEADER[3:] not in told and "H Rinh" not in told and PASSWORD not in told


async def _fails(*_: Any) -> None:
    raise RuntimeError("the store is away")
