"""Promise 2.1: Kannel both ways, its smsbox a stand-in. The real one runs in tests/phones."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import select

from deploy.local.ports import free_port
from services.notify.channels.channel import Outgoing
from services.notify.channels.kannel import Kannel, KannelSettings
from services.notify.receipts.tables import KeptReceipt
from shared.settings import Settings
from tests.service.notify.conftest import Notify
from tests.service.notify.story import LEADER, NOON, Story, everybody, places_known
from tests.support.stand_ins.kannel import ACCEPTED, PASSWORD, USERNAME, KannelStandIn, Said, Taken

SECRET = "a-secret-of-both-sides"


@dataclass
class Phones:
    """notify, and the network behind the stand-in."""

    notify: Notify
    network: KannelStandIn

    async def offer(self) -> Story:
        story = Story()
        await self.notify.hear(story.submitted(), story.offered())
        return story

    def text_to(self, phone: str) -> Taken:
        return next(taken for taken in self.network.taken if taken.to == phone)

    async def report(self, address: str) -> int:
        """Kannel goes to the address; whatever is due afterwards is done."""
        status = await self.bring(address)
        await self.notify.settle()
        return status

    async def bring(self, address: str) -> int:
        url = urlsplit(address)
        answer = await self.notify.browser.get(f"{url.path}?{url.query}")
        assert answer.content == b""
        return answer.status_code

    async def write(
        self, body: bytes, *, sender: str = LEADER, charset: str = "UTF-8", key: str = "k1", secret: str = SECRET
    ) -> httpx.Response:
        """Kannel brings a text."""
        headers = {"content-type": f'text/plain; charset="{charset}"', "x-kannel-from": sender, "x-kannel-to": "8077"}
        at = int(self.notify.clock.wall().timestamp())
        answer = await self.notify.browser.post(
            f"/hooks/kannel/text?key={key}&at={at}", content=body, headers=headers, auth=("kannel", secret)
        )
        await self.notify.settle()
        return answer

    async def states(self, phone: str) -> list[tuple[str, str | None]]:
        return [(message.state, message.reason) for message in await self.notify.messages(phone=phone)]

    async def kept(self) -> list[Any]:
        async with self.notify.store.read() as connection:
            return list((await connection.execute(select(*KeptReceipt.__table__.columns))).all())  # pyright: ignore[reportAttributeAccessIssue]


@pytest.fixture
async def phones(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Phones]:
    """Everybody has a phone behind Kannel."""
    async with KannelStandIn().running() as network:
        told = {"URL": network.url, "USERNAME": USERNAME, "PASSWORD": PASSWORD, "HOOK_SECRET": SECRET}
        for name, value in told.items():
            monkeypatch.setenv(f"KANNEL_{name}", value)
        notify = Notify(settings.model_copy(update={"channels": "kannel", "public_url": "http://notify"}))
        await notify.hear(*places_known(), *everybody())
        yield Phones(notify, network)
        await notify.store.close()


async def test_no_address_holds_a_number_a_text_or_a_secret(phones: Phones) -> None:
    await phones.offer()
    told = " ".join(phones.network.requests) + " ".join(taken.receipt_url for taken in phones.network.taken)
    secrets = [PASSWORD, USERNAME, SECRET, *(taken.to[3:] for taken in phones.network.taken)]
    assert not any(secret in told for secret in secrets)
    assert not any(code in told for code in ("%p", "%P", "%a"))
    assert set(phones.network.requests) == {"POST /cgi-bin/sendsms"}


async def test_a_receipt_makes_it_delivered_and_no_later_one_takes_that_back(phones: Phones) -> None:
    await phones.offer()
    text = phones.text_to(LEADER)
    assert await phones.states(LEADER) == [("sent", None)]
    arrived = text.receipt(1)
    for address in (arrived, arrived, text.receipt(8, "ACK/"), text.receipt(16, "NACK/0x00000045/Submit failed")):
        assert await phones.report(address) == 200
        assert await phones.states(LEADER) == [("delivered", None)]


async def test_a_network_may_report_before_it_answers(phones: Phones) -> None:
    reports: list[asyncio.Task[int]] = []

    def report_at_once(taken: Taken) -> Said:
        both = (taken.receipt(1), taken.receipt(8, "ACK/"))
        reports.extend(asyncio.create_task(phones.bring(address)) for address in both)
        return ACCEPTED

    phones.network.decide = report_at_once
    for _ in range(5):
        await phones.offer()
    assert set(await asyncio.gather(*reports)) == {200}
    await phones.notify.settle()
    assert {message.state for message in await phones.notify.messages()} == {"delivered"}


async def test_a_repeated_receipt_is_kept_once(phones: Phones) -> None:
    await phones.offer()
    text = phones.text_to(LEADER)
    for _ in range(3):
        assert await phones.report(text.receipt(8, "ACK/", key="one")) == 200
    (kept,) = await phones.kept()
    assert (kept.kind, kept.key, kept.channel) == ("on_its_way", "one", "kannel")
    assert kept.message_id == (await phones.notify.messages(phone=LEADER))[0].id


async def test_of_a_failure_only_the_word_is_kept_not_the_text_that_networks_add(phones: Phones) -> None:
    await phones.offer()
    assert await phones.report(phones.text_to(LEADER).receipt(2, "id:1 stat:UNDELIV err:000 text:Xin chao")) == 200
    (kept,) = await phones.kept()
    assert (kept.kind, kept.reason, kept.address_is_bad) == ("failed", "undelivered", False)
    assert await phones.states(LEADER) == [("failed", "undelivered")]


async def test_a_receipt_without_its_proof_is_refused(phones: Phones) -> None:
    await phones.offer()
    ours = (await phones.notify.messages(phone=LEADER))[0].id
    address = phones.text_to(LEADER).receipt(1)
    answer = await phones.notify.browser.get(address.replace(str(ours), str(UUID(int=1))))
    assert answer.status_code == 403
    assert await phones.kept() == []


async def test_a_reply_in_any_charset_is_understood(phones: Phones) -> None:
    story = await phones.offer()
    answer = await phones.write("nhận 1".encode("utf-16-be"), charset="UTF-16BE")
    assert (answer.status_code, answer.content) == (200, b"")
    (accepted,) = await phones.notify.published("replies.received")
    assert (accepted["command"], accepted["code"], accepted["phone"]) == ("accept", story.code, LEADER)


async def test_the_same_text_twice_counts_once(phones: Phones) -> None:
    await phones.offer()
    for _ in range(2):
        assert (await phones.write(b"NHAN 1", key="same")).status_code == 200
    assert len(await phones.notify.published("replies.received")) == 1


async def test_an_answer_goes_back_the_same_way(phones: Phones) -> None:
    await phones.write("Alo, có ai không?".encode(), sender="0905999888")
    assert phones.text_to("+84905999888").sender == "8077"


async def test_whoever_does_not_know_the_secret_writes_nothing(phones: Phones) -> None:
    await phones.offer()
    assert (await phones.write(b"NHAN 1", secret="another-secret-16")).status_code == 403
    answer = await phones.notify.browser.post(
        "/hooks/kannel/text?key=k&at=1", content=b"NHAN 1", headers={"x-kannel-from": LEADER}
    )
    assert answer.status_code == 403
    assert await phones.notify.published("replies.received") == []


@pytest.mark.parametrize("sender", ["Viettel", "191", "VNPAY-QR", ""])
async def test_a_machine_gets_no_answer(phones: Phones, sender: str) -> None:
    before = len(phones.network.taken)
    assert (await phones.write(b"Khuyen mai 50%", sender=sender)).status_code == 200
    assert len(phones.network.taken) == before


async def test_letters_that_no_store_can_hold_are_left_out(phones: Phones) -> None:
    await phones.offer()
    assert (await phones.write(b"\x00N\x00\x00HAN 1\xff")).status_code == 200


async def test_a_late_text_keeps_its_time_and_none_comes_from_the_future(phones: Phones) -> None:
    await phones.offer()
    now = phones.notify.clock.wall()
    for minutes, key in ((-10, "late"), (10, "early")):
        at = int((now + timedelta(minutes=minutes)).timestamp())
        await phones.notify.browser.post(
            f"/hooks/kannel/text?key={key}&at={at}",
            content=b"NHAN 1",
            headers={"content-type": "text/plain", "x-kannel-from": LEADER},
            auth=("kannel", SECRET),
        )
    late, early = await phones.notify.published("replies.received")
    assert late["at"] < NOON.isoformat()[:16] <= early["at"][:16]


async def test_a_connection_that_is_closed_without_a_word_leaves_it_unknown(phones: Phones) -> None:
    phones.network.decide = lambda _: "hang_up"
    await phones.offer()
    assert ("queued", "no_answer") in await phones.states(LEADER)


async def test_what_had_no_answer_is_sent_again_once_and_marked(phones: Phones) -> None:
    phones.network.decide = lambda _: "hang_up"
    await phones.offer()
    phones.network.be_kind()
    await phones.notify.pass_time(timedelta(seconds=61))
    (message,) = await phones.notify.messages(phone=LEADER)
    assert (message.state, message.resent) == ("sent", True)
    assert [taken.text for taken in phones.network.taken if taken.to == LEADER] == [message.text] * 2


async def test_what_had_no_answer_but_a_receipt_is_not_sent_again(phones: Phones) -> None:
    phones.network.decide = lambda _: "hang_up"
    await phones.offer()
    phones.network.be_kind()
    assert await phones.report(phones.text_to(LEADER).receipt(8, "ACK/")) == 200
    await phones.notify.pass_time(timedelta(seconds=61))
    assert await phones.states(LEADER) == [("sent", None)]
    assert len([taken for taken in phones.network.taken if taken.to == LEADER]) == 1


async def test_where_nobody_listens_nothing_was_sent() -> None:
    url = f"http://127.0.0.1:{free_port()}"
    settings = KannelSettings(url=url, username=USERNAME, password=PASSWORD, hook_secret=SECRET)
    channel = Kannel(settings, "8077", lambda id: f"http://notify/{id}")
    message = Outgoing(uuid4(), LEADER, LEADER, "Xin chào", "answer", None, NOON)
    outcome = (await channel.send([message]))[message.id]
    await channel.close()
    assert (outcome.kind, outcome.reason, outcome.maybe_sent) == ("temporary", "unreachable", False)
