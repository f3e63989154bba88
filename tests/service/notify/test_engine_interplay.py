"""What bundles, receipts, second tries, next ways, nights, paces and news of people do to one another."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import update
from sqlmodel import col

from services.notify import app as notify_app
from services.notify.channels.channel import AddressKind, Outcome, Outgoing, Past
from services.notify.channels.inbound import Receipt, Text
from services.notify.channels.simulator import Simulator
from services.notify.contacts.store import people_of, set_channels
from services.notify.costs.store import add
from services.notify.messages.buckets import Bucket
from services.notify.messages.pace import Pace
from services.notify.messages.sender import Sender
from services.notify.messages.tables import Message
from services.notify.receipts import applying
from services.notify.receipts.receive import Receipts
from shared.events import people
from shared.identity import Role
from shared.settings import Settings
from tests.service.notify.conftest import Notify, at, hours, sender_house
from tests.service.notify.story import (
    HELPER,
    NEIGHBOUR,
    NOON,
    RESIDENT,
    SUPERVISOR,
    Story,
    everybody,
    person,
    places_known,
    received,
)

MINUTE = timedelta(minutes=1)
BUSY, TAKEN = Outcome("temporary", "busy"), Outcome("sent")
NO_ANSWER = Outcome("temporary", "no_answer", maybe_sent=True)
TARIFF = {"items": [{"channel": "simulator", "price_vnd": 300, "valid_from": "2026-01-01T00:00:00+07:00"}]}


class Carrier:
    """A network that says of everything what it is told to say."""

    name, two_way, batch, lease_s = "simulator", True, 10, 10.0
    address_kind: AddressKind = "phone"

    def __init__(self, outcome: Outcome = TAKEN) -> None:
        self.sent: list[Outgoing] = []
        self.outcome = outcome

    async def send(self, messages: Sequence[Outgoing]) -> Mapping[UUID, Outcome]:
        self.sent += messages
        return {message.id: self.outcome for message in messages}

    async def ask(self, messages: Sequence[UUID]) -> Mapping[UUID, Past]:
        return dict.fromkeys(messages, "unknown")


class Named(Simulator):
    """Another way out, of which only the name matters."""

    def __init__(self, name: str) -> None:
        self.name = name


class Line:
    """The carrier in place of the simulator, its receipts, and other ways out."""

    def __init__(self, notify: Notify, carrier: Carrier, *others: Any) -> None:
        self.notify, self.carrier = notify, carrier
        house = sender_house(notify, carrier, *others)
        self.receipts = Receipts(notify.clock, house.ways, house.purse)
        self.sender = Sender(carrier, house)
        notify.service.app.state.ways.by_name = house.ways.by_name
        for cycle in notify.service.cycles:
            if cycle.name == "sender-simulator":
                cycle._work = self.sender.work

    async def says(self, kind: Any, id: UUID, channel: str = "simulator", **more: Any) -> None:
        async with self.notify.store.begin() as unit:
            said = Receipt(channel, str(uuid4()), kind, self.notify.clock.now(), id, **more)
            await self.receipts.receive(unit, [said])
        await self.notify.settle()


async def change(notify: Notify, id: UUID, **values: Any) -> None:
    async with notify.store.begin() as unit:
        await unit.execute(update(Message).where(col(Message.id) == id).values(**values))


# Who it is for: news of people while a message waits


async def test_only_who_has_the_ticket_in_the_morning_gets_the_residents_number(notify: Notify) -> None:
    story = Story(at=at(20))
    notify.clock.set_now(at(20))
    await notify.hear(story.submitted(), story.offered("T-1"), story.accepted("helper", "T-1"), story.resolved())
    notify.clock.set_now(at(22))
    story.at = at(22)
    await notify.hear(story.reopened())
    await notify.hear(story.reassigned("T-1", "T-2"), story.accepted("neighbour", "T-2"))
    await notify.pass_time(hours(8.1))
    assert [text for text in await notify.texts(HELPER) if "CHUA XONG" in text] == []


async def test_who_left_gets_no_residents_number(notify: Notify) -> None:
    story = Story(at=at(20))
    notify.clock.set_now(at(20))
    await notify.hear(story.submitted(), story.offered("T-1"), story.accepted("helper", "T-1"), story.resolved())
    notify.clock.set_now(at(22))
    await notify.hear(story.reopened())
    await notify.hear(people.Removed(person_id="helper", revision=2, removed_at=notify.clock.now()))
    await notify.pass_time(hours(8.1))
    assert [text for text in await notify.texts(HELPER) if "CHUA XONG" in text] == []


async def test_an_offer_to_somebody_who_left_meanwhile_reaches_nobody_and_says_so(notify: Notify) -> None:
    notify.clock.set_now(at(22))
    await notify.hear(Story(at=at(22)).offered("T-2"))
    await notify.hear(people.Removed(person_id="neighbour", revision=2, removed_at=notify.clock.now()))
    await notify.pass_time(hours(8.1))
    assert await notify.texts(NEIGHBOUR) == []
    (event,) = await notify.published("messages.failed")
    assert (event["reason"], event["nobody_reached"]) == ("gone_from_duty", True)


async def test_a_failure_at_the_old_number_says_nothing_of_the_new_one(notify: Notify) -> None:
    line = Line(notify, Carrier())
    await notify.hear(Story().offered("T-2"))
    (message,) = await notify.messages()
    new = "+84902000009"
    await notify.hear(person("neighbour", new, role="leader", team="T-2", full_name="Phạm Quang", revision=2))
    await line.says("failed", message.id, reason="unknown_number", address_is_bad=True)
    async with notify.store.read() as connection:
        (who,) = await people_of(connection, ["neighbour"], ())
    assert who.phone == new and not who.unreachable
    assert [event["address_is_bad"] for event in await notify.published("messages.failed")] == [False]


async def test_who_moved_to_the_team_that_is_asked_now_accepts_by_the_bare_word(notify: Notify) -> None:
    story = Story()
    await notify.hear(story.offered("T-1"), story.declined("T-1"))
    await notify.hear(person("helper", HELPER, team="T-2", full_name="Trần Thị Hoa", revision=2))
    await notify.hear(story.widened("T-2"))
    await notify.write(HELPER, "NHAN")
    assert [event["command"] for event in await notify.published("replies.received")] == ["accept"]


async def test_who_wrote_ngung_stays_in_peace_though_somebody_else_asks_later(notify: Notify) -> None:
    await notify.hear(Story().submitted())
    await notify.pass_time(5 * MINUTE)
    await notify.write(RESIDENT, "NGUNG")
    mine, other = Story(at=NOON + MINUTE), Story(at=NOON + 10 * MINUTE)
    before = len(await notify.texts(RESIDENT))
    await notify.pass_time(10 * MINUTE)
    await notify.hear(
        received(mine.submitted(), at=NOON + MINUTE),  # asked before NGUNG, heard of late
        received(other.submitted("+84905000777"), at=NOON + 10 * MINUTE),
    )
    assert len(await notify.texts(RESIDENT)) == before


@pytest.mark.parametrize("sender", ["9029", "VIETTEL"])
async def test_a_machines_text_is_not_answered(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, sender: str
) -> None:
    made: list[Any] = []
    real = notify_app.fit_all
    monkeypatch.setattr(
        notify_app, "fit_all", lambda service, inbound: (made.append(inbound), real(service, inbound))[1]
    )
    notify = Notify(settings)
    await notify.hear(*places_known(), *everybody())
    async with notify.store.begin() as unit:
        await made[0].texts(unit, [Text("simulator", "k1", sender, "Khuyen mai 20% the nap", NOON)])
        await made[0].texts(unit, [Text("simulator", "k2", "+84905000777", "XEM", NOON)])
    assert [message.phone for message in await notify.messages()] == ["+84905000777"]
    await notify.store.close()


# When: nights, paces, money


@pytest.mark.parametrize("way", ["retry", "receipt", "budget"])
async def test_what_is_tried_again_at_night_waits_for_the_morning(notify: Notify, way: str) -> None:
    start = at(20, 57)
    notify.clock.set_now(start)
    carrier = Carrier(BUSY if way == "retry" else TAKEN)
    line = Line(notify, carrier, Named("pigeon"))
    if way == "budget":
        notify.clock.set_now(NOON.replace(day=30) + hours(6))
        await notify.put("/api/v1/messages/tariffs", TARIFF, Role.ADMINISTRATOR)
        await notify.put("/api/v1/messages/budgets/24121", {"monthly_vnd": 1}, Role.ADMINISTRATOR)
        async with notify.store.begin() as unit:
            await add(unit, "2026-11", {("24121", "simulator"): (1, 1, 300)})
        line.sender._purse.forget()
    await notify.hear(Story(at=notify.clock.now()).offered("T-2"))
    (message,) = await notify.messages()
    carrier.outcome, before = TAKEN, len(carrier.sent)
    if way == "budget":
        assert message.reason == "over_budget"
        await notify.pass_time(hours(6.1))  # past midnight of the new month
    elif way == "retry":
        await notify.pass_time(12 * MINUTE)  # 21:09
    else:
        await change(notify, message.id, receipt_due=start + 15 * MINUTE, further_channels=["pigeon"])
        await notify.pass_time(16 * MINUTE)
        (_, second) = await notify.messages()
        await change(notify, second.id, channel="simulator")  # the carrier speaks for both
        await notify.settle()
    assert len(carrier.sent) == before
    await notify.pass_time(hours(9.1))
    assert len(carrier.sent) == before + 1, "in the morning it is no old news"


async def test_a_persons_pace_holds_however_many_wait(notify: Notify) -> None:
    channel = Simulator(notify.store)
    channel.batch = 10
    sender = Sender(channel, sender_house(notify, channel))
    sender._claims._way = replace(sender._claims._way, pace=Pace(person=Bucket(5, 3 * MINUTE)))
    notify.service.cycles.clear()
    for _ in range(60):
        await notify.hear(Story().escalated("supervisor"))
    for _ in range(12):
        await sender.work()
    assert len(await notify.texts(SUPERVISOR)) == 5


async def test_the_budget_of_the_whole_installation_stops_what_can_wait(notify: Notify) -> None:
    await notify.put("/api/v1/messages/tariffs", TARIFF, Role.ADMINISTRATOR)
    answer = await notify.put("/api/v1/messages/budgets/*", {"monthly_vnd": 0}, Role.ADMINISTRATOR)
    assert answer.status_code == 204
    await notify.hear(Story().offered("T-2"))
    assert [message.reason for message in await notify.messages(phone=NEIGHBOUR)] == ["over_budget"]


async def test_what_a_receipt_says_has_left_costs_like_any_other(notify: Notify) -> None:
    await notify.put("/api/v1/messages/tariffs", TARIFF, Role.ADMINISTRATOR)
    line = Line(notify, Carrier(NO_ANSWER), Named("pigeon"))
    await notify.hear(Story().offered("T-2"))
    (message,) = await notify.messages()
    await line.says("on_its_way", message.id)
    await line.says("delivered", message.id)
    (after,) = await notify.messages()
    assert (after.state, after.price) == ("delivered", 300)
    assert "300 đ" in (await notify.get("/messages", Role.SUPERVISOR, "24121")).text


# Bundles


async def test_what_was_withdrawn_from_a_bundle_is_not_said_to_have_arrived(notify: Notify) -> None:
    notify.clock.set_now(at(22))
    line = Line(notify, Carrier(BUSY))
    stories = [Story(at=at(22)) for _ in range(3)]
    await notify.hear(*[story.offered("T-2") for story in stories])
    await notify.pass_time(hours(8.1))  # one bundle, the phone is busy
    last = stories[-1]
    await notify.hear(last.accepted("helper", "T-1"), last.taken("T-2"))
    line.carrier.outcome = TAKEN
    await notify.pass_time(2 * MINUTE)
    assert line.carrier.sent[-1].text.startswith("Co 2 viec")
    await line.says("delivered", line.carrier.sent[-1].id)
    (withdrawn,) = await notify.messages(code=last.code, alert="offered")
    assert (withdrawn.state, withdrawn.reason, withdrawn.parts) == ("expired", "taken", 1)
    assert last.code not in {code for event in await notify.published("messages.delivered") for code in event["codes"]}
    listed = (await notify.get(f"/api/v1/messages?code={last.code}")).json()["items"]
    assert str(withdrawn.id) in {message["id"] for message in listed}


async def test_who_followed_and_waits_again_is_not_delivered_by_another_ones_receipt(notify: Notify) -> None:
    notify.clock.set_now(at(22))
    line = Line(notify, Carrier(BUSY))
    await notify.hear(*[Story(at=at(22)).offered("T-2") for _ in range(3)])
    await notify.pass_time(hours(8.1))
    line.carrier.outcome = TAKEN
    (carrier,) = [message for message in await notify.messages() if message.bundles]
    await change(notify, carrier.id, not_before=carrier.not_before - timedelta(seconds=1))  # equals come in any order
    line.sender._claims._batch = line.carrier.batch = 1  # as after a breaker's pause, or for want of tokens
    notify.clock.set_offset(notify.clock.offset + 2 * MINUTE)
    await line.sender.work()
    (alone,) = line.carrier.sent[1:]
    await line.says("delivered", alone.id)
    assert {sent.id for sent in line.carrier.sent[1:]} == {message.id for message in await notify.messages()}
    assert sum(message.parts for message in await notify.messages()) == len(line.carrier.sent[1:])


async def test_no_button_of_one_ticket_stands_under_several(notify: Notify) -> None:
    notify.clock.set_now(at(22))
    line = Line(notify, Carrier())
    await notify.hear(*[Story(at=at(22)).offered("T-2") for _ in range(3)])
    await notify.pass_time(hours(8.1))
    (sent,) = line.carrier.sent
    assert (sent.template, sent.slots["count"]) == ("offered_several", "3")
    assert {message.template for message in await notify.messages()} == {"offered"}, "alone it has its own text again"


# Several ways out


async def test_what_arrived_by_the_second_way_is_not_sent_by_the_third(notify: Notify) -> None:
    line = Line(notify, Carrier(), Named("pigeon"), Named("owl"))
    await notify.hear(Story().offered("T-2"))
    (first,) = await notify.messages()
    await change(notify, first.id, further_channels=["pigeon", "owl"])
    await line.says("failed", first.id)
    second = (await notify.messages())[-1]
    now = notify.clock.now()
    await change(notify, second.id, state="sent", sent_at=now, receipt_due=now + MINUTE)
    await notify.pass_time(2 * MINUTE)
    third = (await notify.messages())[-1]
    assert (third.channel, third.state) == ("owl", "queued")
    await line.says("delivered", second.id, channel="pigeon")
    assert [message.state for message in await notify.messages(id=third.id)] == ["expired"]


async def test_what_arrived_late_by_the_first_way_is_not_sent_by_the_third(notify: Notify) -> None:
    line = Line(notify, Carrier(), Named("pigeon"), Named("owl"))
    await notify.hear(Story().offered("T-2"))
    (first,) = await notify.messages()
    now = notify.clock.now()
    await change(notify, first.id, further_channels=["pigeon", "owl"], receipt_due=now + MINUTE)
    await notify.pass_time(2 * MINUTE)
    second = (await notify.messages())[-1]
    assert second.channel == "pigeon"
    await change(notify, second.id, state="sent", sent_at=now, receipt_due=notify.clock.now() + 5 * MINUTE)
    await line.says("delivered", first.id)
    await notify.pass_time(10 * MINUTE)
    assert [message.channel for message in await notify.messages()] == ["simulator", "pigeon"]


async def test_what_is_too_late_for_another_try_goes_on_by_the_next_way(notify: Notify) -> None:
    Line(notify, Carrier(Outcome("temporary", "too_fast", retry_after=hours(13))), Named("pigeon"))
    async with notify.store.begin() as unit:
        await set_channels(unit, "neighbour", ["simulator", "pigeon"])
    await notify.hear(Story().offered("T-2"))
    found = [(message.channel, message.state) for message in await notify.messages()]
    assert found == [("simulator", "failed"), ("pigeon", "queued")]


async def test_what_a_receipt_says_has_left_goes_on_where_no_arrival_is_told(
    notify: Notify, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SIMULATOR_RECEIPT_WAIT_S", "900")
    line = Line(notify, Carrier(NO_ANSWER), Named("pigeon"))
    await notify.hear(Story().offered("T-2"))
    (message,) = await notify.messages()
    await change(notify, message.id, further_channels=["pigeon"])
    await line.says("on_its_way", message.id)
    await notify.pass_time(20 * MINUTE)
    assert [message.channel for message in await notify.messages()] == ["simulator", "pigeon"]


@pytest.mark.parametrize("age", [timedelta(0), hours(24)])
async def test_what_waits_for_a_channel_that_is_no_more_does_not_wait_for_ever(notify: Notify, age: timedelta) -> None:
    await notify.behave(NEIGHBOUR, "busy")
    await notify.hear(Story().offered("T-2"))
    (message,) = await notify.messages()
    await notify.behave(NEIGHBOUR, None)
    await change(notify, message.id, channel="esms")  # named in CHANNELS before the restart
    await notify.pass_time(age)
    left, *others = await notify.messages()
    assert (left.state, left.reason) == ("failed", "channel_gone")
    assert [(other.channel, other.state) for other in others] == ([] if age else [("simulator", "delivered")])
    assert [event["nobody_reached"] for event in await notify.published("messages.failed")] == [bool(age)]


async def test_a_receipt_and_a_dropped_message_do_not_wait_for_each_other(
    notify: Notify, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = Line(notify, Carrier(NO_ANSWER))
    await notify.hear(Story().offered("T-2"))
    (message,) = await notify.messages()
    notify.clock.set_offset(notify.clock.offset + hours(13))  # too old now
    lock = applying.lock_offers
    sending: list[asyncio.Task[Any]] = []

    async def and_then_the_sender_begins(*given: Any) -> None:
        await lock(*given)
        if not sending:
            sending.append(asyncio.create_task(line.sender.work()))
            await asyncio.sleep(0.5)

    monkeypatch.setattr(applying, "lock_offers", and_then_the_sender_begins)
    async with notify.store.begin() as unit:
        said = Receipt("simulator", "r", "delivered", notify.clock.now(), message.id)
        await line.receipts.receive(unit, [said])
    await sending[0]
    await notify.settle()
    assert (await notify.messages())[0].state == "delivered"
