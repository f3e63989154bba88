"""Promises 2.4 and 2.5: answering by a page, quiet hours, bundles, pace, broken channels, prices."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update
from sqlmodel import col

from services.notify.channels.channel import AddressKind, Outcome, Outgoing, Past
from services.notify.channels.simulator import Simulator
from services.notify.messages.buckets import Bucket
from services.notify.messages.pace import Pace
from services.notify.messages.sender import Sender
from services.notify.messages.tables import Message
from services.notify.messages.ways import Way
from shared.identity import Role
from tests.service.notify.conftest import Notify, at, hours, sender_house
from tests.service.notify.story import LEADER, NEIGHBOUR, RESIDENT, Story

MINUTE = timedelta(minutes=1)


class OneWay:
    """A channel that only sends, under the simulator's name."""

    name, two_way, batch, lease_s = "simulator", False, 10, 10.0
    address_kind: AddressKind = "phone"

    def __init__(self, outcome: Outcome | None = None) -> None:
        self.texts: list[str] = []
        self.outcome = outcome or Outcome("sent")

    async def send(self, messages: Sequence[Outgoing]) -> Mapping[UUID, Outcome]:
        self.texts += [message.text for message in messages]
        return {message.id: self.outcome for message in messages}

    async def ask(self, messages: Sequence[UUID]) -> Mapping[UUID, Past]:
        return dict.fromkeys(messages, "unknown")


def know(notify: Notify, way: Way, *further: Way) -> None:
    """The house's ways out are these."""
    notify.service.app.state.ways.by_name = {one.name: one for one in (way, *further)}


async def pages_of(notify: Notify, monkeypatch: pytest.MonkeyPatch) -> str:
    """The path of the page to which an offer carries a link: people have no number to write to."""
    know(notify, Way("simulator", "email", two_way=False))
    async with notify.store.begin() as unit:
        from services.notify.contacts.store import link

        await link(unit, "email", NEIGHBOUR, "quang@example.vn", notify.clock.now())
    await notify.hear(Story().offered("T-2"))
    (message,) = await notify.messages(person="neighbour")
    found = re.search(r"(/hooks/a/\S+)", message.text)
    assert found, message.text
    return found.group(1)


async def test_a_link_opens_a_page_that_changes_nothing_until_a_button_is_pressed_once(
    notify: Notify, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = await pages_of(notify, monkeypatch)
    shown = await notify.browser.get(path)
    assert shown.status_code == 200 and "Buôn Kbu" in shown.text
    assert await notify.published("replies.received") == []
    assert (await notify.browser.post(path, data={"wish": "accept"})).status_code == 200
    assert (await notify.browser.post(path, data={"wish": "decline"})).status_code == 410
    (event,) = await notify.published("replies.received")
    assert (event["command"], event["person"]) == ("accept", "neighbour")
    assert (await notify.browser.get("/hooks/a/1AAAAAAAAAA")).status_code == 404


async def test_a_page_is_over_with_its_offer(notify: Notify, monkeypatch: pytest.MonkeyPatch) -> None:
    path = await pages_of(notify, monkeypatch)
    await notify.pass_time(hours(13))
    assert (await notify.browser.get(path)).status_code == 410
    assert (await notify.browser.post(path, data={"wish": "accept"})).status_code == 410
    assert await notify.published("replies.received") == []


async def test_on_a_way_that_only_sends_the_text_names_the_number_to_write_to(notify: Notify) -> None:
    know(notify, Way("simulator", "phone", two_way=False))
    story = Story()
    await notify.hear(story.submitted(), story.offered("T-2"))
    assert (await notify.texts(NEIGHBOUR))[0].endswith("TUCHOI 1 gui 8077")
    assert "XEM gui 8077" in (await notify.texts(RESIDENT))[0]


async def test_at_night_what_can_wait_is_sent_in_the_morning_and_several_offers_as_one(notify: Notify) -> None:
    notify.clock.set_now(at(22))
    stories = [Story(at=at(22)) for _ in range(3)]
    await notify.hear(*[story.offered("T-2") for story in stories], Story("scam_safety", at=at(22)).offered("T-2"))
    assert len(await notify.texts(NEIGHBOUR)) == 1, "the scam alone rings"
    await notify.pass_time(hours(8.1))
    urgent, several = await notify.texts(NEIGHBOUR)
    assert urgent.startswith("GAP!") and several.startswith("Co 3 viec: ")
    for story in stories:
        answer = await notify.get(f"/api/v1/messages?code={story.code}")
        (listed,) = answer.json()["items"]
        assert story.code in listed["codes"] and listed["text"] == several
    assert {message.state for message in await notify.messages()} == {"delivered"}


async def test_who_gets_many_messages_gets_the_rest_together_when_there_is_a_token(notify: Notify) -> None:
    channel = Simulator(notify.store)
    house = sender_house(notify, channel)
    sender = Sender(channel, house)
    paced = replace(sender._claims._way, pace=Pace(person=Bucket(2, 3 * MINUTE)))
    sender._claims._way = paced
    notify.service.cycles.clear()
    await notify.hear(*[Story().offered("T-2") for _ in range(5)])
    await sender.work()
    assert len(await notify.texts(NEIGHBOUR)) == 2
    notify.clock.set_offset(notify.clock.offset + 3.1 * MINUTE)
    await sender.work()
    assert (await notify.texts(NEIGHBOUR))[-1].startswith("Co 3 viec: ")


async def test_without_a_receipt_in_time_it_goes_on_by_the_next_way_once(notify: Notify) -> None:
    await notify.behave(NEIGHBOUR, "lost")
    know(notify, Way("simulator", "phone", True), Way("pigeon", "phone", True))
    await notify.hear(Story().offered("T-2"))
    async with notify.store.begin() as unit:
        due = {"receipt_due": notify.clock.now() + 15 * MINUTE, "further_channels": ["pigeon"]}
        await unit.execute(update(Message).where(col(Message.state) == "sent").values(**due))
    await notify.pass_time(14 * MINUTE)
    assert [m.channel for m in await notify.messages()] == ["simulator"]
    await notify.pass_time(2 * MINUTE)
    await notify.pass_time(hours(1))
    assert [(m.channel, m.state) for m in await notify.messages()] == [("simulator", "sent"), ("pigeon", "queued")]


async def test_a_broken_channel_is_left_alone_while_urgent_messages_leave_by_the_next_way(notify: Notify) -> None:
    broken = OneWay(Outcome("temporary", "unreachable"))
    sender = Sender(broken, sender_house(notify, broken, _Pigeon(notify)))
    notify.service.cycles.clear()
    await notify.hear(*[Story().submitted(f"+8490500100{n}") for n in range(5)])
    await sender.work()
    tried = len(broken.texts)
    await notify.hear(Story().submitted("+84905001009"), Story("scam_safety").submitted("+84905001010"))
    await _further(notify, "+84905001010", ["pigeon"])
    await sender.work()
    assert len(broken.texts) == tried == 5
    (calm,) = await notify.messages(phone="+84905001009")
    assert (calm.state, calm.tries) == ("queued", 0)
    urgent = await notify.messages(phone="+84905001010")
    assert [(m.channel, m.state) for m in urgent] == [("simulator", "failed"), ("pigeon", "queued")]


async def test_prices_are_kept_with_messages_and_a_spent_budget_stops_what_is_not_urgent(notify: Notify) -> None:
    line = {"channel": "simulator", "price_vnd": 300, "valid_from": "2026-01-01T00:00:00+07:00"}
    assert (await notify.put("/api/v1/messages/tariffs", {"items": [line]}, Role.ADMINISTRATOR)).status_code == 204
    wish = {"monthly_vnd": 600}
    assert (await notify.put("/api/v1/messages/budgets/24121", wish, Role.ADMINISTRATOR)).status_code == 204
    assert (await notify.put("/api/v1/messages/budgets/24121", wish, Role.OPERATOR)).status_code == 404
    await notify.hear(Story().offered("T-1"))
    answer = (await notify.get("/api/v1/messages/budgets", Role.SUPERVISOR, "24121")).json()
    assert answer["items"] == [
        {"unit": "24121", "month": "2026-11", "monthly_vnd": 600, "spent_vnd": 600, "standing": "spent"}
    ]
    await notify.hear(Story().offered("T-2"), Story("scam_safety").offered("T-2"))
    assert [m.reason for m in await notify.messages(phone=NEIGHBOUR, state="queued")] == ["over_budget"]
    assert [text[:4] for text in await notify.texts(NEIGHBOUR)] == ["GAP!"]
    listed = (await notify.get(f"/api/v1/messages?to={LEADER}")).json()["items"]
    assert [(m["price"], m["encoding"], m["parts"]) for m in listed] == [(300, "gsm7", 1)]
    page = await notify.get("/messages", Role.SUPERVISOR, "24121")
    assert "Hết kinh phí" in page.text and "900 đ trong 600 đ" in page.text
    assert 'caunoi_message_price_vnd_total{channel="simulator"}' in (await notify.browser.get("/metrics")).text


async def test_the_same_text_again_and_again_is_dropped(notify: Notify) -> None:
    for _ in range(8):
        await notify.write(NEIGHBOUR, "XONG")
    assert len(await notify.texts(NEIGHBOUR)) == 5
    assert {m.reason for m in await notify.messages(state="expired")} == {"looped"}


class _Pigeon(Simulator):
    name = "pigeon"

    def __init__(self, notify: Notify) -> None:
        super().__init__(notify.store)


async def _further(notify: Notify, phone: str, ways: list[str]) -> None:
    values: dict[str, Any] = {"further_channels": ways}
    async with notify.store.begin() as unit:
        await unit.execute(update(Message).where(col(Message.phone) == phone).values(**values))
