"""Promise 1.20: sent, retried by the kind of refusal, re-checked, taken over after a crash."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from services.notify.channels.channel import SENT, AddressKind, Outcome, Outgoing, Past
from services.notify.channels.simulator import Simulator
from services.notify.messages.sender import Sender
from tests.service.notify.conftest import Notify, hours, sender_house
from tests.service.notify.story import HELPER, LEADER, NEIGHBOUR, NOON, RESIDENT, Story

MINUTE = timedelta(minutes=1)


class Dying(Simulator):
    """A channel whose process dies around the hand-over."""

    def __init__(self, notify: Notify, before: bool) -> None:
        super().__init__(notify.store)
        self._before = before

    async def send(self, messages: Sequence[Outgoing]) -> Mapping[UUID, Outcome]:
        if not self._before:
            await super().send(messages)
        raise ConnectionResetError("killed")


class Deaf:
    """A channel that takes what it is given and knows nothing afterwards."""

    name, two_way, batch, lease_s = "simulator", False, 10, 10.0
    address_kind: AddressKind = "phone"

    def __init__(self, dies: bool) -> None:
        self.dies = dies
        self.taken: list[UUID] = []

    async def send(self, messages: Sequence[Outgoing]) -> Mapping[UUID, Outcome]:
        self.taken += [message.id for message in messages]
        if self.dies:
            raise ConnectionResetError("killed")
        return {message.id: SENT for message in messages}

    async def ask(self, messages: Sequence[UUID]) -> Mapping[UUID, Past]:
        return dict.fromkeys(messages, "unknown")


async def die_in_mid_send(notify: Notify, story: Story, channel: object) -> None:
    """Hear an offer; the sender that takes it dies, and its lease runs out."""
    for cycle in notify.service.cycles:
        if cycle.name == "sender-simulator":
            notify.service.cycles.remove(cycle)
    await notify.hear(story.offered("T-2"))
    with pytest.raises(ConnectionResetError):
        await sender(notify, channel).work()
    async with notify.store.begin() as unit:
        await unit.execute(text("update message set lease_until = now() - interval '1 second' where state = 'sending'"))


def sender(notify: Notify, channel: Any) -> Sender:
    return Sender(channel, sender_house(notify, channel, Simulator(notify.store)))


async def rest(one: Sender, notify: Notify) -> None:
    """Let a sender work until nothing is due."""
    while (due := await one.work()) and due <= notify.clock.now():
        pass


async def test_a_passing_refusal_is_tried_after_one_five_and_fifteen_minutes_then_given_up(notify: Notify) -> None:
    await notify.behave(NEIGHBOUR, "busy")
    await notify.hear(Story().offered("T-2"))
    tries = []
    for pause in (0, 0.9, 0.2, 4.9, 0.2, 14.9, 0.2):
        await notify.pass_time(pause * MINUTE)
        tries.append((await notify.messages())[0].tries)
    assert tries == [1, 1, 2, 2, 3, 3, 4]
    (message,) = await notify.messages()
    assert (message.state, message.reason) == ("failed", "busy")


async def test_a_phone_that_is_switched_on_again_gets_what_waited(notify: Notify) -> None:
    await notify.behave(NEIGHBOUR, "switched_off")
    await notify.hear(Story().offered("T-2"))
    await notify.behave(NEIGHBOUR, None)
    await notify.pass_time(1.1 * MINUTE)
    assert await notify.alerts(NEIGHBOUR) == ["offered"]
    (message,) = await notify.messages()
    assert (message.state, message.tries, message.resent) == ("delivered", 2, False)


async def test_a_retry_is_not_sent_when_it_is_not_wanted_any_more(notify: Notify) -> None:
    await notify.behave(NEIGHBOUR, "switched_off")
    story = Story()
    await notify.hear(story.offered("T-1", "T-2"))
    await notify.hear(story.accepted("helper"), story.taken("T-2"))
    await notify.behave(NEIGHBOUR, None)
    await notify.pass_time(2 * MINUTE)
    assert await notify.alerts(NEIGHBOUR) == []
    (message,) = await notify.messages(person="neighbour")
    assert (message.state, message.reason) == ("expired", "taken")


async def test_a_refusal_for_good_is_final_at_once_and_the_number_counts_as_bad(notify: Notify) -> None:
    await notify.behave(NEIGHBOUR, "unknown_number")
    await notify.hear(Story().offered("T-2"))
    (message,) = await notify.messages()
    assert (message.state, message.reason, message.tries) == ("failed", "unknown_number", 1)
    (failed,) = await notify.published("messages.failed")
    assert failed["address_is_bad"]
    assert failed["person"] == "neighbour"


async def test_what_is_too_old_is_not_sent(notify: Notify) -> None:
    story = Story(at=NOON - hours(13))
    await notify.hear(story.submitted(), story.offered("T-2"))
    assert await notify.alerts(NEIGHBOUR) == []
    (message,) = await notify.messages(alert="offered")
    assert (message.state, message.reason) == ("expired", "too_old")


async def test_when_nobody_of_a_team_can_be_reached_assign_is_told_once(notify: Notify) -> None:
    await notify.behave(LEADER, "unknown_number")
    await notify.behave(HELPER, "switched_off")
    story = Story()
    await notify.hear(story.offered("T-1"))
    assert [event["nobody_reached"] for event in await notify.published("messages.failed")] == [False]
    await notify.pass_time(22 * MINUTE)
    await notify.pass_time(22 * MINUTE)
    await notify.pass_time(22 * MINUTE)
    failed = await notify.published("messages.failed")
    assert [event["nobody_reached"] for event in failed] == [False, True]
    assert failed[-1]["team"] == "T-1"
    assert failed[-1]["codes"] == [story.code]


async def test_both_failing_in_one_batch_is_nobody_reached_once(notify: Notify) -> None:
    await notify.behave(LEADER, "barred")
    await notify.behave(HELPER, "barred")
    await notify.hear(Story().offered("T-1"))
    assert sorted(event["nobody_reached"] for event in await notify.published("messages.failed")) == [False, True]


async def test_one_who_was_reached_is_enough(notify: Notify) -> None:
    await notify.behave(LEADER, "barred")
    await notify.hear(Story().offered("T-1"))
    assert [event["nobody_reached"] for event in await notify.published("messages.failed")] == [False]


async def test_what_arrives_is_told_once(notify: Notify) -> None:
    await notify.hear(Story().offered("T-1"))
    assert len(await notify.published("messages.delivered")) == 2
    assert await notify.published("messages.sent") == []


async def test_without_a_receipt_it_is_sent_and_no_more(notify: Notify) -> None:
    await notify.behave(NEIGHBOUR, "lost")
    await notify.hear(Story().offered("T-2"))
    (message,) = await notify.messages()
    assert (message.state, message.delivered_at) == ("sent", None)
    assert len(await notify.published("messages.sent")) == 1


async def test_killed_after_the_hand_over_it_is_asked_about_and_not_sent_again(notify: Notify) -> None:
    await die_in_mid_send(notify, Story(), Dying(notify, before=False))
    await rest(sender(notify, Simulator(notify.store)), notify)
    assert await notify.alerts(NEIGHBOUR) == ["offered"]
    (message,) = await notify.messages()
    assert (message.state, message.resent, message.tries) == ("sent", False, 1)


async def test_killed_before_the_hand_over_it_is_sent_once(notify: Notify) -> None:
    await die_in_mid_send(notify, Story(), Dying(notify, before=True))
    await rest(sender(notify, Simulator(notify.store)), notify)
    assert await notify.alerts(NEIGHBOUR) == ["offered"]
    (message,) = await notify.messages()
    assert (message.state, message.resent) == ("delivered", False)


async def test_where_nobody_can_tell_it_is_sent_again_once_and_marked(notify: Notify) -> None:
    channel = Deaf(dies=True)
    await die_in_mid_send(notify, Story(), channel)
    channel.dies = False
    await rest(sender(notify, channel), notify)
    (message,) = await notify.messages()
    assert (message.state, message.resent) == ("sent", True)
    assert channel.taken == [message.id, message.id]


async def test_interrupted_a_second_time_it_is_given_up(notify: Notify) -> None:
    channel = Deaf(dies=True)
    await die_in_mid_send(notify, Story(), channel)
    again = sender(notify, channel)
    await again.work()
    with pytest.raises(ConnectionResetError):
        await again.work()
    async with notify.store.begin() as unit:
        await unit.execute(text("update message set lease_until = now() - interval '1 second'"))
    await rest(sender(notify, channel), notify)
    (message,) = await notify.messages()
    assert (message.state, message.reason) == ("failed", "interrupted")
    assert len(channel.taken) == 2


async def test_a_sender_that_only_seemed_dead_writes_nothing_down(notify: Notify) -> None:
    """Its lease ran out while it was stopped; another took over meanwhile."""
    story = Story()
    slow = Deaf(dies=False)
    started, go_on = asyncio.Event(), asyncio.Event()

    async def send(messages: Sequence[Outgoing]) -> Mapping[UUID, Outcome]:
        started.set()
        await go_on.wait()
        return {message.id: Outcome("permanent", "barred") for message in messages}

    slow.send = send
    notify.service.cycles.clear()
    await notify.hear(story.offered("T-2"))
    stopped = asyncio.create_task(sender(notify, slow).work())
    await started.wait()
    async with notify.store.begin() as unit:
        await unit.execute(text("update message set lease_until = now() - interval '1 second'"))
    await rest(sender(notify, Simulator(notify.store)), notify)
    go_on.set()
    await stopped
    (message,) = await notify.messages()
    assert message.state == "delivered"
    assert await notify.published("messages.failed") == []


async def test_two_senders_never_take_the_same_message(notify: Notify) -> None:
    notify.service.cycles.clear()
    stories = [Story() for _ in range(60)]
    await notify.hear(*[story.submitted(f"+8490500{n:04d}") for n, story in enumerate(stories)])
    channels = [Deaf(dies=False), Deaf(dies=False)]
    await asyncio.gather(*(rest(sender(notify, channel), notify) for channel in channels))
    taken = [*channels[0].taken, *channels[1].taken]
    assert len(taken) == len(set(taken)) == 60


async def test_urgent_messages_go_first(notify: Notify) -> None:
    notify.service.cycles.clear()
    calm, urgent = Story(), Story("scam_safety")
    await notify.hear(calm.submitted("+84905000002"), urgent.submitted(RESIDENT))
    first = Deaf(dies=False)
    first.batch = 1
    await sender(notify, first).work()
    (message,) = await notify.messages(phone=RESIDENT)
    assert first.taken == [message.id]


async def test_a_person_s_other_way_out_is_tried_where_the_first_fails_for_good(notify: Notify) -> None:
    class Pigeon(Deaf):
        name = "pigeon"

        async def send(self, messages: Sequence[Outgoing]) -> Mapping[UUID, Outcome]:
            return {message.id: Outcome("permanent", "gone") for message in messages}

    async with notify.store.begin() as unit:
        await unit.execute(text("update contact set channels = '{pigeon,simulator}' where person_id = 'neighbour'"))
    notify.service.app.state.ways.open([Pigeon(dies=False), Simulator(notify.store)])
    await notify.hear(Story().offered("T-2"))
    await sender(notify, Pigeon(dies=False)).work()
    await notify.settle()
    assert await notify.alerts(NEIGHBOUR) == ["offered"]
    assert [(m.channel, m.state) for m in await notify.messages()] == [("pigeon", "failed"), ("simulator", "delivered")]
    assert [event["nobody_reached"] for event in await notify.published("messages.failed")] == [False]
