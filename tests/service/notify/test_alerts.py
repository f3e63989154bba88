"""Promise 1.19: who is told what, exactly once, in whatever order the news comes."""

import itertools
from datetime import timedelta
from uuid import uuid4

from sqlalchemy import text

from shared.events import people, requests, tickets
from tests.service.notify.conftest import Notify, at, hours
from tests.service.notify.story import (
    COMMUNE,
    HELPER,
    LEADER,
    NEIGHBOUR,
    NOON,
    OTHER,
    RESIDENT,
    SUPERVISOR,
    Story,
    person,
    received,
)


async def test_a_ticket_s_whole_way_is_told_to_those_whom_it_concerns(notify: Notify) -> None:
    story = Story()
    await notify.hear(story.submitted())
    await notify.hear(story.offered("T-1", "T-2"))
    await notify.hear(story.accepted("helper"), story.taken("T-2"))
    await notify.hear(story.resolved())
    await notify.hear(story.closed())
    assert await notify.alerts(RESIDENT) == ["submitted", "accepted", "resolved", "closed"]
    assert await notify.alerts(LEADER) == ["offered"]
    assert await notify.alerts(HELPER) == ["offered", "accepted"]
    assert await notify.alerts(NEIGHBOUR) == ["offered", "taken"]
    assert await notify.alerts(OTHER) == []


async def test_only_the_member_who_accepted_gets_the_resident_s_number_and_both_the_word(notify: Notify) -> None:
    story = Story()
    await notify.hear(story.submitted(), story.offered("T-1", "T-2"), story.accepted("helper"), story.taken("T-2"))
    member, resident = (await notify.texts(HELPER))[-1], (await notify.texts(RESIDENT))[-1]
    assert "Y Wen Mlo 0905 000 001" in member
    assert "So gap mat 47" in member
    assert "So gap mat 47" in resident
    assert "Tran Thi Hoa" in resident
    for phone in (LEADER, NEIGHBOUR, SUPERVISOR):
        assert not any("0905 000 001" in one for one in await notify.texts(phone))


async def test_in_whatever_order_news_comes_nobody_is_asked_for_what_is_taken(notify: Notify) -> None:
    for order in itertools.permutations(range(4)):
        story = Story()
        news = [story.submitted(), story.offered("T-1", "T-2"), story.accepted("helper"), story.taken("T-2")]
        for index in order:
            await notify.hear(news[index])
        told = [(m.person, m.alert) for m in await notify.messages(code=story.code, state="delivered")]
        asked_in_time = order.index(1) < min(order.index(2), order.index(3))
        assert sorted(alert for person, alert in told if person is None) == ["accepted", "submitted"], order
        assert ("helper", "accepted") in told, order
        neighbour = [alert for person, alert in told if person == "neighbour"]
        assert neighbour == (["offered", "taken"] if asked_in_time else []), order
        if not asked_in_time:
            assert {m.state for m in await notify.messages(code=story.code, alert="offered")} == {"expired"}, order


async def test_the_same_event_five_times_is_one_message(notify: Notify) -> None:
    story = Story()
    offered = received(story.offered())
    for _ in range(5):
        await notify.hear(offered)
    assert await notify.alerts(LEADER) == ["offered"]


async def test_a_whole_story_in_one_batch_leaves_nobody_asked_in_vain(notify: Notify) -> None:
    story = Story()
    await notify.hear(
        story.submitted(), story.offered("T-1", "T-2"), story.accepted("helper"), story.taken("T-2"), story.resolved()
    )
    assert await notify.alerts(NEIGHBOUR) == []
    assert await notify.alerts(RESIDENT) == ["submitted", "resolved"]


async def test_the_next_team_is_asked_as_well(notify: Notify) -> None:
    story = Story()
    await notify.hear(story.submitted(), story.offered("T-1"))
    await notify.hear(story.widened("T-2"))
    assert await notify.alerts(NEIGHBOUR) == ["offered"]
    assert await notify.alerts(LEADER) == ["offered"]


async def test_a_team_that_declined_and_is_asked_again_gets_the_second_offer(notify: Notify) -> None:
    story = Story()
    await notify.hear(story.offered("T-2"), story.declined("T-2"))
    await notify.hear(story.widened("T-2", reason="capacity"))
    assert (await notify.alerts(NEIGHBOUR))[-1] == "offered"


async def test_an_offer_outside_a_team_s_hours_rings_in_the_morning(notify: Notify) -> None:
    story = Story(at=at(22))
    notify.clock.set_now(at(22))
    await notify.hear(story.submitted(), story.offered("T-2", ring_at=at(30)))
    assert await notify.alerts(NEIGHBOUR) == []
    await notify.pass_time(hours(7.9))
    assert await notify.alerts(NEIGHBOUR) == []
    await notify.pass_time(hours(0.2))
    assert await notify.alerts(NEIGHBOUR) == ["offered"]


async def test_what_was_taken_overnight_does_not_ring_in_the_morning(notify: Notify) -> None:
    story = Story(at=at(22))
    notify.clock.set_now(at(22))
    await notify.hear(story.offered("T-1"), story.widened("T-2", ring_at=at(30)))
    await notify.hear(story.accepted("helper"), story.taken("T-2"))
    await notify.pass_time(hours(9))
    assert await notify.alerts(NEIGHBOUR) == []


async def test_a_scam_wakes_the_leaders_at_once_unless_they_opted_out(notify: Notify) -> None:
    notify.clock.set_now(at(25))
    await notify.hear(person("neighbour", NEIGHBOUR, revision=2, role="leader", team="T-2", wake=False))
    story = Story("scam_safety", at=at(25))
    await notify.hear(story.submitted(), story.offered("T-1", "T-2"))
    assert await notify.alerts(LEADER) == ["offered"]
    assert (await notify.texts(LEADER))[0].startswith("GAP! Viec 1: Nghi bi lua dao")
    assert "HAY NGUNG chuyen tien" in (await notify.texts(RESIDENT))[0]
    assert await notify.alerts(NEIGHBOUR) == []
    await notify.pass_time(hours(5.1))
    assert await notify.alerts(NEIGHBOUR) == ["offered"]


async def test_unrouted_tells_the_supervisor_and_the_resident_the_truth(notify: Notify) -> None:
    story = Story()
    await notify.hear(story.submitted(), story.unrouted("supervisor"))
    assert "khong co to trong tam" in (await notify.texts(SUPERVISOR))[0]
    assert "noi bac o chua co to nao gan" in (await notify.texts(RESIDENT))[-1]


async def test_escalation_is_told_with_the_team_s_telephone(notify: Notify) -> None:
    story = Story()
    await notify.hear(story.submitted(), story.offered(), story.accepted("helper"))
    await notify.hear(story.escalated("supervisor", what="resolution"))
    (told,) = await notify.texts(SUPERVISOR)
    assert "chua lam xong" in told
    assert "0901 000 001" in told


async def test_each_level_is_told_what_is_late_since_when_and_what_to_do(notify: Notify) -> None:
    story = Story()
    await notify.hear(story.submitted(), story.offered("T-1", "T-2"))
    await notify.hear(story.escalated("leader", "neighbour", level="leader"), story.escalated("supervisor"))
    leader, supervisor = (await notify.texts(LEADER))[-1], (await notify.texts(SUPERVISOR))[-1]
    assert "qua han 14:00 hom nay, chua ai nhan" in leader
    assert "soan NHAN 1 hoac TUCHOI 1" in leader, "a leader acts; nobody is told to ring himself"
    assert supervisor.startswith("Qua han 14:00 hom nay: ") and "chua ai nhan" in supervisor


async def test_a_leader_whose_team_has_not_finished_is_told_of_the_other_target(notify: Notify) -> None:
    story = Story()
    await notify.hear(story.submitted(), story.offered(), story.accepted("helper"))
    await notify.hear(story.escalated("leader", level="leader", what="resolution"))
    (*_, told) = await notify.texts(LEADER)
    assert "chua xong" in told and "thu Bay" in told, told
    assert "soan XONG 1" in told


async def test_silence_is_not_called_late(notify: Notify) -> None:
    story = Story()
    await notify.hear(story.submitted(), story.offered())
    await notify.hear(story.escalated("supervisor", what="silence"))
    (told,) = await notify.texts(SUPERVISOR)
    assert told.startswith("Da hoi het to gan, chua ai tra loi") and "Qua han" not in told


async def test_a_clock_hurries_those_who_can_still_act(notify: Notify) -> None:
    story = Story()
    await notify.hear(story.submitted(), story.offered("T-1", "T-2"), story.declined("T-2"))
    await notify.hear(story.warned("response"))
    assert (await notify.alerts(LEADER))[-1] == "warned"
    assert "warned" not in await notify.alerts(NEIGHBOUR)
    await notify.hear(story.accepted("helper"), story.warned("resolution", "in_progress"))
    assert (await notify.alerts(HELPER))[-1] == "warned"
    assert (await notify.alerts(LEADER)).count("warned") == 1


async def test_an_objection_is_told_to_the_member_and_confirmed_to_the_resident(notify: Notify) -> None:
    story = Story()
    await notify.hear(story.submitted(), story.offered(), story.accepted("helper"), story.resolved())
    await notify.hear(story.reopened())
    assert (await notify.alerts(HELPER))[-1] == "reopened"
    assert (await notify.alerts(RESIDENT))[-1] == "reopened"


async def test_a_cancelled_ticket_is_told_to_those_who_think_it_theirs(notify: Notify) -> None:
    story = Story()
    await notify.hear(story.submitted(), story.offered("T-1", "T-2"))
    await notify.hear(story.cancelled(), story.taken("T-1", "T-2", why="cancelled"))
    for phone in (LEADER, HELPER, NEIGHBOUR):
        assert (await notify.texts(phone))[-1].startswith("Viec 1 khong can nua"), phone
    assert await notify.alerts(RESIDENT) == ["submitted"], "he cancelled it himself"


async def test_a_ticket_taken_from_a_team_is_told_once_to_those_who_had_it(notify: Notify) -> None:
    story = Story()
    await notify.hear(story.submitted(), story.offered("T-1"))
    await notify.hear(story.accepted("helper"))
    await notify.hear(story.reassigned("T-1", "T-2"), story.offered("T-2"))
    assert (await notify.alerts(HELPER)).count("taken") == 1
    assert (await notify.alerts(LEADER)).count("taken") == 1
    assert await notify.alerts(NEIGHBOUR) == ["offered"]


async def test_what_the_resident_closes_himself_is_not_told_to_him(notify: Notify) -> None:
    story = Story()
    await notify.hear(story.submitted(), story.accepted("helper"), story.resolved(), story.closed(by="resident"))
    assert "closed" not in await notify.alerts(RESIDENT)


async def test_sixty_callers_of_one_ticket_are_all_told_and_each_once(notify: Notify) -> None:
    story = Story()
    await notify.hear(story.submitted(), story.submitted("+84905000002", add_to=True), story.submitted(add_to=True))
    await notify.hear(story.offered(), story.accepted("helper"))
    assert await notify.alerts(RESIDENT) == ["submitted", "submitted", "accepted"]
    assert await notify.alerts("+84905000002") == ["submitted", "accepted"]
    assert "Hen cu van giu nguyen" in (await notify.texts("+84905000002"))[0]


async def test_a_corrected_number_learns_the_code_and_hears_from_then_on(notify: Notify) -> None:
    story = Story()
    submitted = story.submitted()
    await notify.hear(submitted, story.offered())
    facts = submitted.facts.model_copy(update={"phone": "+84905000009"})
    corrected = requests.Corrected(
        request_id=story.request, code=story.code, corrected_at=NOON, by="operator", revision=1, facts=facts
    )
    await notify.hear(corrected)
    await notify.hear(story.accepted("helper"))
    assert await notify.alerts(RESIDENT) == ["submitted"]
    assert await notify.alerts("+84905000009") == ["submitted", "accepted"]


async def test_english_and_diacritics_where_they_are_wished_for(notify: Notify) -> None:
    async with notify.store.begin() as unit:
        await unit.execute(text("update contact set diacritics = true where person_id = 'leader'"))
    story = Story()
    await notify.hear(story.submitted(language="en"), story.offered())
    assert "Never give anyone your password" in (await notify.texts(RESIDENT))[0]
    assert "Điện thoại, máy, Buôn Kbu" in (await notify.texts(LEADER))[0]
    assert {m.parts for m in await notify.messages(person="leader")} == {2}
    assert {m.parts for m in await notify.messages(person="helper")} == {1}


async def test_short_numbers_are_each_person_s_own_and_stay(notify: Notify) -> None:
    first, second = Story(), Story()
    await notify.hear(first.submitted(), second.submitted())
    await notify.hear(first.offered("T-1"))
    await notify.hear(second.offered("T-1", "T-2"))
    assert (await notify.texts(LEADER))[1].startswith("Viec 2:")
    assert (await notify.texts(NEIGHBOUR))[0].startswith("Viec 1:")
    await notify.hear(second.accepted("leader"))
    assert (await notify.texts(LEADER))[-1].startswith("Viec 2: Y Wen Mlo")


async def test_a_number_is_not_used_again_soon(notify: Notify) -> None:
    first, second = Story(), Story()
    await notify.hear(first.submitted(), first.offered("T-2"), first.cancelled())
    await notify.hear(second.submitted(), second.offered("T-2"))
    assert (await notify.texts(NEIGHBOUR))[-1].startswith("Viec 2:")


async def test_who_left_is_not_told_and_late_news_does_not_bring_him_back(notify: Notify) -> None:
    await notify.hear(people.Removed(person_id="leader", revision=5, removed_at=NOON))
    await notify.hear(person("leader", LEADER, revision=4, role="leader"))
    story = Story()
    await notify.hear(story.submitted(), story.offered())
    assert await notify.alerts(LEADER) == []
    async with notify.store.read() as connection:
        row = (await connection.execute(text("select full_name, phone from contact where person_id = 'leader'"))).one()
    assert tuple(row) == ("", None)


async def test_an_older_revision_of_a_person_changes_nothing(notify: Notify) -> None:
    await notify.hear(person("helper", "+84901999999", revision=3))
    await notify.hear(person("helper", "+84901888888", revision=2))
    story = Story()
    await notify.hear(story.submitted(), story.offered())
    assert await notify.alerts("+84901999999") == ["offered"]


async def test_an_old_version_of_a_ticket_does_not_undo_a_newer(notify: Notify) -> None:
    story = Story()
    offered, accepted = story.offered("T-2"), story.accepted("neighbour", "T-2")
    await notify.hear(accepted)
    await notify.hear(offered)
    async with notify.store.read() as connection:
        assert await connection.scalar(text("select status from ticket")) == "accepted"


async def test_what_no_line_of_the_policy_names_tells_nobody(notify: Notify) -> None:
    story = Story()
    started = story._happens(tickets.Started, "in_progress")
    waiting = story._happens(tickets.Waiting, "waiting", until=NOON + timedelta(days=1))
    await notify.hear(started, waiting)
    assert await notify.messages() == []


async def test_a_commune_that_is_not_known_yet_holds_nobody_up(notify: Notify) -> None:
    story = Story()
    submitted = story.submitted()
    elsewhere = submitted.facts.model_copy(update={"commune": COMMUNE.replace("24121", "24999")})
    await notify.hear(submitted.model_copy(update={"facts": elsewhere, "request_id": uuid4()}))
    assert await notify.alerts(RESIDENT) == ["submitted"]
