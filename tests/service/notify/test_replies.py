"""Promise 1.21: replies by SMS, from the phone to the event and the answer."""

from shared.codes import spoken
from shared.events import tickets
from tests.service.notify.conftest import Notify, hours
from tests.service.notify.story import HELPER, LEADER, NEIGHBOUR, RESIDENT, Story, person


async def commands(notify: Notify) -> list[tuple[str, str | None, str | None, str]]:
    published = await notify.published("replies.received")
    return [(one["command"], one["code"], one["person"], one["text"]) for one in published]


async def test_a_member_accepts_declines_and_finishes_by_short_number(notify: Notify) -> None:
    first, second = Story(), Story()
    await notify.hear(first.submitted(), first.offered("T-1"))
    await notify.hear(second.submitted(), second.offered("T-1"))
    await notify.write(HELPER, "nhận 1.")
    await notify.write(LEADER, "TU CHOI 2 bận đi rẫy")
    await notify.hear(first.accepted("helper"))
    await notify.write(HELPER, "xong, đã cài lại")
    assert await commands(notify) == [
        ("accept", first.code, "helper", ""),
        ("decline", second.code, "leader", "bận đi rẫy"),
        ("resolve", first.code, "helper", "đã cài lại"),
    ]


async def test_numbers_are_each_person_s_own(notify: Notify) -> None:
    first, second = Story(), Story()
    await notify.hear(first.submitted(), first.offered("T-1"))
    await notify.hear(second.submitted(), second.offered("T-1", "T-2"))
    await notify.write(NEIGHBOUR, "NHAN 1")
    await notify.write(LEADER, "NHAN 1")
    assert [(code, who) for _, code, who, _ in await commands(notify)] == [
        (second.code, "neighbour"),
        (first.code, "leader"),
    ]


async def test_a_bare_one_does_nothing_and_asks(notify: Notify) -> None:
    story = Story()
    await notify.hear(story.submitted(), story.offered())
    await notify.write(LEADER, "1")
    assert await commands(notify) == []
    assert "soan NHAN 1 de nhan" in (await notify.texts(LEADER))[-1]


async def test_where_several_are_meant_the_answer_lists_them_under_each_code(notify: Notify) -> None:
    first, second = Story(), Story()
    await notify.hear(first.submitted(), first.offered(), second.submitted(), second.offered())
    await notify.write(LEADER, "NHAN")
    assert await commands(notify) == []
    assert "1 Buon Kbu" in (await notify.texts(LEADER))[-1]
    assert "2 Buon Kbu" in (await notify.texts(LEADER))[-1]
    for code in (first.code, second.code):
        items = (await notify.get(f"/api/v1/messages?code={code}")).json()["items"]
        assert items[0]["alert"] == "answer"
        assert sorted(items[0]["codes"]) == sorted([first.code, second.code])


async def test_a_resident_objects_and_rates(notify: Notify) -> None:
    story = Story()
    await notify.hear(story.submitted(), story.offered(), story.accepted(), story.resolved())
    await notify.write(RESIDENT, "Chưa xong, máy vẫn treo")
    await notify.write(RESIDENT, "đánh giá 2")
    reopen, rate = await notify.published("replies.received")
    assert (reopen["command"], reopen["code"], reopen["person"]) == ("reopen", story.code, None)
    assert reopen["phone"] == RESIDENT
    assert (rate["command"], rate["stars"]) == ("rate", 2)
    assert "2 sao" in (await notify.texts(RESIDENT))[-1]


async def test_how_it_stands_is_answered_from_what_notify_knows(notify: Notify) -> None:
    story = Story()
    await notify.hear(story.submitted(), story.offered())
    await notify.write(RESIDENT, "xem")
    assert "dang cho to nhan" in (await notify.texts(RESIDENT))[-1]
    await notify.hear(story.accepted("helper"))
    await notify.write(RESIDENT, f"XEM {spoken(story.code)}")
    assert "da co nguoi nhan" in (await notify.texts(RESIDENT))[-1]
    await notify.write(HELPER, "XEM 1")
    assert "Viec 1: Dien thoai, may, Buon Kbu (Xa Hoa Khanh): da co nguoi nhan" in (await notify.texts(HELPER))[-1]


async def test_thanks_get_no_answer_and_anything_else_one_a_day(notify: Notify) -> None:
    story = Story()
    await notify.hear(story.submitted())
    await notify.write(RESIDENT, "cảm ơn nhé")
    assert await notify.alerts(RESIDENT) == ["submitted"]
    await notify.write(RESIDENT, "alo có ai không")
    await notify.write(RESIDENT, "alo alo")
    assert await notify.alerts(RESIDENT) == ["submitted", "answer"]
    await notify.pass_time(hours(24))
    await notify.write(RESIDENT, "alo")
    assert await notify.alerts(RESIDENT) == ["submitted", "answer", "answer"]


async def test_an_unknown_phone_is_helped_too(notify: Notify) -> None:
    await notify.write("+84907654321", "NHAN 1")
    assert await commands(notify) == []
    assert "goi 1022" in (await notify.texts("+84907654321"))[0]


async def test_who_wrote_stop_hears_nothing_more_but_the_answer(notify: Notify) -> None:
    story = Story()
    await notify.hear(story.submitted())
    await notify.write(RESIDENT, "ngưng nhận tin")
    await notify.hear(story.offered(), story.accepted("helper"))
    assert await notify.alerts(RESIDENT) == ["submitted", "answer"]
    (stopped,) = [m for m in await notify.messages(phone=RESIDENT) if m.alert == "accepted"]
    assert (stopped.state, stopped.reason) == ("expired", "stopped")


async def test_asking_again_after_stop_is_heard_again(notify: Notify) -> None:
    first, second = Story(), Story()
    await notify.hear(first.submitted())
    await notify.write(RESIDENT, "NGUNG")
    await notify.pass_time(hours(1))
    second.at = notify.clock.now()
    await notify.hear(second.submitted())
    assert (await notify.alerts(RESIDENT))[-1] == "submitted"


async def test_a_member_s_stop_is_told_to_assign_and_offers_of_his_reach_nobody(notify: Notify) -> None:
    await notify.write(NEIGHBOUR, "NGUNG")
    assert await commands(notify) == [("stop", None, "neighbour", "")]
    story = Story()
    await notify.hear(story.offered("T-2"))
    assert await notify.alerts(NEIGHBOUR) == ["answer"]
    assert [event["nobody_reached"] for event in await notify.published("messages.failed")] == [True]


async def test_too_late_is_said_to_who_was_too_late(notify: Notify) -> None:
    story = Story()
    await notify.hear(story.submitted(), story.offered("T-1", "T-2"))
    await notify.write(NEIGHBOUR, "NHAN 1")
    (reply,) = await notify.published("replies.received")
    answered = story._happens(
        tickets.Answered,
        "accepted",
        reply_id=reply["reply_id"],
        person="neighbour",
        command="accept",
        outcome="taken",
    )
    await notify.hear(answered)
    assert (await notify.texts(NEIGHBOUR))[-1] == "Viec 1 da co to khac nhan. Cam on anh chi!"
    assert (await notify.alerts(NEIGHBOUR))[-1] == "answer"


async def test_asking_for_what_one_s_own_team_has_is_not_called_another_s(notify: Notify) -> None:
    story = Story()
    await notify.hear(story.submitted(), story.offered("T-1"))
    await notify.hear(story.accepted("helper"))
    await notify.write(LEADER, "NHAN 1")
    (reply,) = await notify.published("replies.received")
    answered = story._happens(
        tickets.Answered, "accepted", reply_id=reply["reply_id"], person="leader", command="accept", outcome="taken"
    )
    await notify.hear(answered)
    assert (await notify.texts(LEADER))[-1].startswith("Viec 1 to minh da nhan roi")


async def test_a_resident_s_reply_that_cannot_be_done_is_answered(notify: Notify) -> None:
    story = Story()
    await notify.hear(story.submitted(), story.offered(), story.accepted(), story.resolved())
    await notify.write(RESIDENT, "CHUA")
    (reply,) = await notify.published("replies.received")
    answered = story._happens(
        tickets.Answered, "closed", reply_id=reply["reply_id"], person=None, command="reopen", outcome="not_possible"
    )
    await notify.hear(answered)
    assert "khong CHUA duoc nua" in (await notify.texts(RESIDENT))[-1]


async def test_a_member_who_asks_for_himself_is_both(notify: Notify) -> None:
    offered, own = Story(), Story()
    await notify.hear(offered.submitted(), offered.offered("T-2"))
    await notify.hear(own.submitted(NEIGHBOUR), own.offered("T-1"), own.accepted("helper"), own.resolved())
    await notify.write(NEIGHBOUR, "CHUA")
    await notify.write(NEIGHBOUR, "NHAN")
    assert [(command, code) for command, code, _, _ in await commands(notify)] == [
        ("reopen", own.code),
        ("accept", offered.code),
    ]


async def test_a_reply_carries_no_number_where_everybody_reads(notify: Notify) -> None:
    """The subject of an event is a code or a person's id, never a phone."""
    await notify.hear(person("helper", HELPER, revision=2))
    await notify.write(HELPER, "NGUNG")
    async with notify.store.read() as connection:
        subjects = await connection.exec_driver_sql("select about || subject || headers::text from outbox")
        assert not any(HELPER[3:] in row[0] for row in subjects)
