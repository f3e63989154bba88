"""Promise 2.3: every channel behaves alike. One suite that the simulator and all the others pass."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import uuid4

import pytest
import structlog

from services.notify.channels.channel import Channel, Outcome, Outgoing
from services.notify.channels.fitting import MODULES
from shared.settings import Settings
from tests.service.notify.channels.case import Case, OtherSide, Rudeness, cases
from tests.service.notify.story import NOON

THE_OTHER_SIDES_LOGS = frozenset({"mail.log"})
"""Written by a stand-in that runs in this very process (aiosmtpd)."""
VIETNAMESE = "Tổ Buôn Akŏ Dhông nhận việc. Số gặp mặt 47. Đừng đưa OTP, mật khẩu cho ai. Hẹn 15:40, nhé bác Ê Đê!"
Opened = tuple[Channel, OtherSide]


@pytest.fixture(params=cases(), ids=lambda case: case.name)
def case(request: pytest.FixtureRequest) -> Case:
    return request.param


@pytest.fixture
async def opened(case: Case, settings: Settings) -> AsyncIterator[Opened]:
    async with case.open(settings) as opened:
        yield opened


def message(case: Case, text: str = VIETNAMESE) -> Outgoing:
    phone = case.address if case.address.startswith("+") else "+84905123456"
    return Outgoing(uuid4(), phone, case.address, text, "answer", None, NOON)


async def sent(channel: Channel, one: Outgoing) -> Outcome:
    outcomes = await asyncio.wait_for(channel.send([one]), channel.lease_s)
    return outcomes.get(one.id, Outcome("temporary", "no_answer"))


def whose_other_side_can_be(how: Rudeness) -> pytest.MarkDecorator:
    """For the channels alone on which this rudeness exists."""
    able = [case for case in cases() if how in case.knows]
    return pytest.mark.parametrize("case", able, ids=[case.name for case in able])


def test_every_channel_has_its_case() -> None:
    assert sorted(case.name for case in cases()) == sorted(MODULES)


async def test_it_says_what_it_is(case: Case, opened: Opened) -> None:
    channel, _ = opened
    assert channel.name == case.name
    assert channel.batch >= 1 and channel.lease_s > 0 and isinstance(channel.two_way, bool)


async def test_a_vietnamese_text_arrives_letter_by_letter(case: Case, opened: Opened) -> None:
    channel, other_side = opened
    outcome = await sent(channel, message(case))
    assert outcome.kind in ("sent", "delivered")
    assert [(a.address, a.text) for a in await other_side.arrived()] == [(case.address, VIETNAMESE)]


async def test_a_long_text_arrives_whole(case: Case, opened: Opened) -> None:
    channel, other_side = opened
    text = " ".join([VIETNAMESE] * 3)
    assert (await sent(channel, message(case, text))).kind in ("sent", "delivered")
    assert [a.text for a in await other_side.arrived()] == [text]


async def test_each_message_of_a_batch_has_its_own_outcome(case: Case, opened: Opened) -> None:
    channel, other_side = opened
    batch = [message(case, f"Tin số {n}") for n in range(min(channel.batch, 5))]
    outcomes = await channel.send(batch)
    assert set(outcomes) == {one.id for one in batch}
    assert sorted(a.text for a in await other_side.arrived()) == sorted(one.text for one in batch)


@whose_other_side_can_be("not_now")
async def test_what_is_refused_for_now_may_be_tried_again(case: Case, opened: Opened) -> None:
    channel, other_side = opened
    await other_side.be_rude("not_now")
    outcome = await sent(channel, message(case))
    assert outcome.kind == "temporary" and outcome.reason and not outcome.maybe_sent
    await other_side.be_kind()
    assert (await sent(channel, message(case))).kind in ("sent", "delivered")


@whose_other_side_can_be("never")
async def test_what_is_refused_for_good_is_final_and_says_why(case: Case, opened: Opened) -> None:
    channel, other_side = opened
    await other_side.be_rude("never")
    outcome = await sent(channel, message(case))
    assert (outcome.kind, outcome.address_is_bad) == ("permanent", False) and outcome.reason
    assert await other_side.arrived() == []


@whose_other_side_can_be("bad_address")
async def test_an_address_where_nobody_is_is_told_apart(case: Case, opened: Opened) -> None:
    channel, other_side = opened
    await other_side.be_rude("bad_address")
    outcome = await sent(channel, message(case))
    assert (outcome.kind, outcome.address_is_bad) == ("permanent", True) and outcome.reason


@whose_other_side_can_be("silent")
async def test_silence_is_no_failure_for_good_and_ends_within_the_lease(case: Case, opened: Opened) -> None:
    channel, other_side = opened
    await other_side.be_rude("silent")
    assert (await sent(channel, message(case))).kind == "temporary"


@whose_other_side_can_be("taken_then_dropped")
async def test_a_break_after_it_was_taken_is_told_as_perhaps_sent(case: Case, opened: Opened) -> None:
    channel, other_side = opened
    await other_side.be_rude("taken_then_dropped")
    one = message(case)
    outcome = await sent(channel, one)
    assert outcome.kind == "temporary" and (outcome.maybe_sent or case.once)
    await other_side.be_kind()
    await sent(channel, one)
    assert len(await other_side.arrived()) == (1 if case.once else 2)


async def test_after_a_crash_it_says_what_it_knows_and_no_more(case: Case, opened: Opened) -> None:
    channel, _ = opened
    one = message(case)
    assert (await sent(channel, one)).kind in ("sent", "delivered")
    past = await channel.ask([one.id, uuid4()])
    assert past[one.id] in ("sent", "unknown")
    assert set(past.values()) <= {"sent", "not_sent", "unknown"}


async def test_no_log_holds_a_number_or_a_text(case: Case, opened: Opened, caplog: pytest.LogCaptureFixture) -> None:
    channel, other_side = opened
    with structlog.testing.capture_logs() as logs, caplog.at_level("DEBUG"):
        await sent(channel, message(case))
        for how in sorted(case.knows):
            await other_side.be_rude(how)
            await sent(channel, message(case))
    ours = [record.getMessage() for record in caplog.records if record.name not in THE_OTHER_SIDES_LOGS]
    told = f"{logs} {ours}"
    assert case.address.lstrip("+").removeprefix("84") not in told
    assert "Akŏ Dhông" not in told and "mật khẩu" not in told


@whose_other_side_can_be("not_now")
async def test_a_pause_that_the_other_side_asks_for_is_bounded(case: Case, opened: Opened) -> None:
    channel, other_side = opened
    await other_side.be_rude("not_now")
    outcome = await sent(channel, message(case))
    assert timedelta() <= (outcome.retry_after or timedelta()) <= timedelta(days=1)
