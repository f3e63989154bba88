"""Promise 2.4: receipts twice, late, out of order, before their message; a failure that comes as a receipt."""

import itertools
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.notify.channels.channel import AddressKind, Outcome, Outgoing, Past
from services.notify.channels.inbound import Receipt
from services.notify.channels.simulator import Simulator
from services.notify.messages.sender import Sender
from services.notify.receipts.receive import Receipts
from tests.service.notify.conftest import Notify, at, hours, sender_house
from tests.service.notify.story import HELPER, LEADER, NEIGHBOUR, Story

MINUTE = timedelta(minutes=1)


class Carrier:
    """A channel whose network gives each message an id of its own and says later what became of it."""

    name, two_way, batch, lease_s = "simulator", True, 10, 10.0
    address_kind: AddressKind = "phone"

    def __init__(self) -> None:
        self.taken: list[UUID] = []
        self.answers = True

    async def send(self, messages: Sequence[Outgoing]) -> Mapping[UUID, Outcome]:
        self.taken += [message.id for message in messages]
        if not self.answers:
            return {message.id: Outcome("temporary", "no_answer", maybe_sent=True) for message in messages}
        return {message.id: Outcome("sent", provider_id=f"net-{message.id}") for message in messages}

    async def ask(self, messages: Sequence[UUID]) -> Mapping[UUID, Past]:
        return dict.fromkeys(messages, "unknown")


class Line:
    """A carrier in place of the simulator, and its receipts."""

    def __init__(self, notify: Notify, *others: Any) -> None:
        self.notify = notify
        self.carrier = Carrier()
        house = sender_house(notify, self.carrier, *others)
        self.receipts = Receipts(notify.clock, house.ways, house.purse)
        self.sender = Sender(self.carrier, house)
        notify.service.app.state.ways.by_name = house.ways.by_name
        for cycle in notify.service.cycles:
            if cycle.name == "sender-simulator":
                cycle._work = self.sender.work

    async def says(self, kind: Any, message: Any, key: str | None = None, **more: Any) -> None:
        """A receipt by the network's own id."""
        receipt = Receipt(
            "simulator",
            key or f"{kind}-{uuid4()}",
            kind,
            self.notify.clock.now(),
            provider_id=f"net-{message.id}",
            **more,
        )
        async with self.notify.store.begin() as unit:
            await self.receipts.receive(unit, [receipt])
        await self.notify.settle()


@pytest.fixture
def line(notify: Notify) -> Line:
    return Line(notify)


async def offered(notify: Notify) -> Any:
    """One message, taken by the network."""
    await notify.hear(Story().offered("T-2"))
    (message,) = await notify.messages()
    return message


async def test_in_whatever_order_and_however_often_receipts_come_the_end_is_the_same(notify: Notify) -> None:
    line = Line(notify)
    for order in itertools.permutations(("on_its_way", "failed", "delivered")):
        await notify.hear(Story().offered("T-2"))
        message = (await notify.messages())[-1]
        for kind in order:
            await line.says(kind, message, key=f"{kind}-{message.id}")
            await line.says(kind, message, key=f"{kind}-{message.id}")
        (after,) = await notify.messages(id=message.id)
        assert (after.state, after.reason) == ("delivered", None), order
    arrived = await notify.published("messages.delivered")
    assert len(arrived) == len({event["message_id"] for event in arrived}) == 6


async def test_a_receipt_tells_when_the_network_and_when_the_phone_had_it(notify: Notify, line: Line) -> None:
    message = await offered(notify)
    await notify.pass_time(MINUTE)
    await line.says("on_its_way", message)
    await notify.pass_time(MINUTE)
    await line.says("delivered", message)
    (after,) = await notify.messages()
    assert after.sent_at < after.on_its_way_at < after.delivered_at
    assert len(await notify.published("messages.sent")) == 1


async def test_a_failure_by_receipt_is_a_refusal_for_good(notify: Notify, line: Line) -> None:
    message = await offered(notify)
    await line.says("failed", message, reason="unknown_number", address_is_bad=True)
    (after,) = await notify.messages()
    assert (after.state, after.reason) == ("failed", "unknown_number")
    (event,) = await notify.published("messages.failed")
    assert event["address_is_bad"] and event["nobody_reached"] and event["person"] == "neighbour"


async def test_the_last_failure_of_an_offer_tells_that_nobody_was_reached(notify: Notify, line: Line) -> None:
    await notify.hear(Story().offered("T-1"))
    to_leader, to_helper = [(await notify.messages(phone=phone))[0] for phone in (LEADER, HELPER)]
    await line.says("failed", to_leader)
    await line.says("failed", to_helper)
    await line.says("failed", to_helper)
    assert [event["nobody_reached"] for event in await notify.published("messages.failed")] == [False, True]


@pytest.mark.parametrize("kind", ["delivered", "failed"])
async def test_what_the_network_says_of_a_bundle_holds_for_all_that_it_speaks_of(
    notify: Notify, line: Line, kind: str
) -> None:
    notify.clock.set_now(at(22))
    await notify.hear(*[Story(at=at(22)).offered("T-2") for _ in range(3)])
    await notify.pass_time(hours(8.1))
    (carrier,) = [message for message in await notify.messages() if message.provider_id]
    assert line.carrier.taken == [carrier.id]
    await line.says(kind, carrier)
    assert [message.state for message in await notify.messages()] == [kind] * 3
    assert len(await notify.published(f"messages.{kind}")) == 3


async def test_an_arrival_after_a_failure_corrects_the_record_and_does_nothing_twice(
    notify: Notify, line: Line
) -> None:
    message = await offered(notify)
    await line.says("failed", message, address_is_bad=True)
    await line.says("delivered", message)
    await line.says("delivered", message)
    (after,) = await notify.messages()
    assert (after.state, after.reason) == ("delivered", None)
    assert len(await notify.published("messages.delivered")) == len(await notify.published("messages.failed")) == 1
    await notify.hear(Story().offered("T-2"))
    assert len(await notify.messages(phone=NEIGHBOUR)) == 2, "the number counts as good again"


async def test_a_failure_by_receipt_goes_on_by_the_next_way_and_a_late_arrival_does_no_harm(notify: Notify) -> None:
    line = Line(notify, _Named("pigeon"))
    message = await offered(notify)
    await _ways(notify, message.id, ["pigeon"])
    await line.says("failed", message)
    assert [(m.channel, m.state) for m in await notify.messages()] == [("simulator", "failed"), ("pigeon", "queued")]
    assert [event["nobody_reached"] for event in await notify.published("messages.failed")] == [False]
    await line.says("delivered", message)
    first, second = await notify.messages()
    assert first.state == "delivered"
    assert (second.state, second.reason, second.goes_on_from) == ("expired", "arrived", first.id)


async def test_a_receipt_that_is_quicker_than_the_answer_to_our_send_waits_for_it(notify: Notify, line: Line) -> None:
    taking = line.carrier.send

    async def receipt_first(messages: Sequence[Outgoing]) -> Mapping[UUID, Outcome]:
        async with notify.store.begin() as unit:
            said = [
                Receipt("simulator", f"r-{m.id}", "delivered", notify.clock.now(), provider_id=f"net-{m.id}")
                for m in messages
            ]
            await line.receipts.receive(unit, said)
        return await taking(messages)

    line.carrier.send = receipt_first
    message = await offered(notify)
    assert message.state == "delivered"
    assert len(await notify.published("messages.delivered")) == 1


async def test_a_receipt_by_our_own_id_waits_while_the_message_is_being_sent(notify: Notify, line: Line) -> None:
    taking = line.carrier.send

    async def receipt_first(messages: Sequence[Outgoing]) -> Mapping[UUID, Outcome]:
        async with notify.store.begin() as unit:
            said = [Receipt("simulator", f"r-{m.id}", "delivered", notify.clock.now(), m.id) for m in messages]
            await line.receipts.receive(unit, said)
        return await taking(messages)

    line.carrier.send = receipt_first
    assert (await offered(notify)).state == "delivered"


async def test_a_receipt_for_nobody_is_no_error_and_is_given_up_after_a_day(notify: Notify, line: Line) -> None:
    message = await offered(notify)
    await line.says("delivered", _Unknown(uuid4()))
    await notify.pass_time(hours(23))
    (cycle,) = [cycle for cycle in notify.service.cycles if cycle.name == "waiting-receipts"]
    assert await cycle._work() is not None
    await notify.pass_time(hours(1.1))
    assert await cycle._work() is None
    assert (await notify.messages(id=message.id))[0].state == "sent"


async def test_what_got_no_answer_is_sent_again_once_and_marked_then_it_has_failed(notify: Notify, line: Line) -> None:
    line.carrier.answers = False
    message = await offered(notify)
    assert (message.state, message.resent) == ("queued", True)
    await notify.pass_time(1.1 * MINUTE)
    await notify.pass_time(hours(1))
    (after,) = await notify.messages()
    assert (after.state, after.reason, after.resent) == ("failed", "no_answer", True)
    assert line.carrier.taken == [message.id, message.id]


async def test_what_got_no_answer_but_a_receipt_is_not_sent_again(notify: Notify, line: Line) -> None:
    line.carrier.answers = False
    message = await offered(notify)
    async with notify.store.begin() as unit:
        said = Receipt("simulator", "late", "on_its_way", notify.clock.now(), message.id)
        await line.receipts.receive(unit, [said])
    await notify.pass_time(hours(1))
    (after,) = await notify.messages()
    assert after.state == "sent"
    assert line.carrier.taken == [message.id]


class _Unknown:
    """A message that is not ours."""

    def __init__(self, id: UUID) -> None:
        self.id = id


class _Named(Simulator):
    """Another way out, of which only the name matters."""

    def __init__(self, name: str) -> None:
        self.name = name


async def _ways(notify: Notify, id: UUID, further: list[str]) -> None:
    from sqlalchemy import update
    from sqlmodel import col

    from services.notify.messages.tables import Message

    async with notify.store.begin() as unit:
        await unit.execute(update(Message).where(col(Message.id) == id).values(further_channels=further))
