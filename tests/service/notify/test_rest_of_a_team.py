"""Promise 1.19: beside leader and one member "the rest as policy says": who, when, and that it is asked for last."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from shared.settings import Settings
from tests.service.notify.conftest import Notify, at, hours
from tests.service.notify.story import HELPER, LEADER, NEIGHBOUR, OTHER, Story, everybody, person, places_known

MINUTE = timedelta(minutes=1)
MORE = [f"+8490100001{n}" for n in range(5)]
"""Five more members of the first team, all able to mend a device."""


@pytest.fixture
async def team(notify: Notify) -> Notify:
    await notify.hear(*[person(f"more-{n}", phone) for n, phone in enumerate(MORE)])
    return notify


async def told(notify: Notify) -> set[str]:
    """Of the first team, who was told of an offer."""
    return {phone for phone in (LEADER, HELPER, OTHER, *MORE) if "offered" in await notify.alerts(phone)}


async def test_after_ten_minutes_of_silence_three_more_with_the_skill_are_told(team: Notify) -> None:
    await team.hear(Story().offered("T-1"))
    first = await told(team)
    assert len(first) == 2
    await team.pass_time(9 * MINUTE)
    assert await told(team) == first
    await team.pass_time(2 * MINUTE)
    assert len(await told(team)) == 5
    assert OTHER not in await told(team), "who has not the skill is left in peace"
    await team.pass_time(60 * MINUTE)
    assert len(await told(team)) == 5


async def test_each_of_the_rest_has_a_number_of_their_own_and_may_take_it(team: Notify) -> None:
    await team.hear(Story().offered("T-1"))
    first = await told(team)
    await team.pass_time(11 * MINUTE)
    late = sorted(await told(team) - first)[0]
    assert (await team.texts(late))[0].startswith("Viec 1: Dien thoai")
    await team.write(late, "NHAN")
    assert (await team.published("replies.received"))[-1]["command"] == "accept"


@pytest.mark.parametrize("answer", ["accepted", "declined", "cancelled"])
async def test_who_answers_in_time_spares_the_rest(team: Notify, answer: str) -> None:
    story = Story()
    await team.hear(story.submitted(), story.offered("T-1"))
    first = await told(team)
    news = {"accepted": story.accepted, "declined": lambda: story.declined("T-1"), "cancelled": story.cancelled}
    await team.hear(news[answer]())
    await team.pass_time(15 * MINUTE)
    assert await told(team) == first
    assert len(await team.messages(alert="offered")) == 2, "no number is used up, and nothing is queued"


async def test_the_next_team_is_asked_and_its_rest_waits_its_own_ten_minutes(team: Notify) -> None:
    await team.hear(person("second", "+84902000002", team="T-2"), person("third", "+84902000003", team="T-2"))
    story = Story()
    await team.hear(story.offered("T-1"))
    await team.pass_time(20 * MINUTE)
    await team.hear(story.widened("T-2"))
    rang = {phone for phone in ("+84902000002", "+84902000003") if await team.alerts(phone)}
    assert len(rang) == 1
    await team.pass_time(11 * MINUTE)
    assert await team.alerts("+84902000002") == await team.alerts("+84902000003") == ["offered"]


async def test_a_scam_is_told_to_everybody_at_once_by_day(team: Notify) -> None:
    await team.hear(Story("scam_safety").offered("T-1", "T-2"))
    assert await told(team) == {LEADER, HELPER, OTHER, *MORE}
    assert await team.alerts(NEIGHBOUR) == ["offered"]


async def test_a_scam_at_night_wakes_leader_and_one_member_and_the_rest_in_the_morning(team: Notify) -> None:
    team.clock.set_now(at(25))
    await team.hear(Story("scam_safety", at=at(25)).offered("T-1"))
    assert len(await told(team)) == 2
    await team.pass_time(hours(5.1))
    assert len(await told(team)) == 8


async def test_who_wrote_stop_or_has_a_bad_number_is_not_among_the_rest(team: Notify) -> None:
    await team.write(MORE[0], "NGUNG")
    await team.hear(Story("scam_safety").offered("T-1"))
    assert MORE[0] not in await told(team)


async def test_an_offer_withdrawn_because_nobody_could_be_reached_rings_no_more(team: Notify) -> None:
    for phone in (LEADER, HELPER, *MORE):
        await team.behave(phone, "barred")
    await team.hear(Story().offered("T-1"))
    for phone in MORE:
        await team.behave(phone, None)
    await team.pass_time(11 * MINUTE)
    assert await told(team) == set()


async def test_where_texts_are_dear_the_rest_is_left_out_but_for_what_is_urgent(settings: Settings) -> None:
    async for notify in _with(settings.model_copy(update={"offer_rest_most": 0})):
        await notify.hear(*[person(f"more-{n}", phone) for n, phone in enumerate(MORE)])
        await notify.hear(Story().offered("T-1"))
        await notify.pass_time(15 * MINUTE)
        assert len(await told(notify)) == 2
        await notify.hear(Story("scam_safety").offered("T-1"))
        assert len(await told(notify)) == 8


async def _with(settings: Settings) -> AsyncIterator[Notify]:
    notify = Notify(settings)
    await notify.hear(*places_known(), *everybody())
    yield notify
    await notify.store.close()
