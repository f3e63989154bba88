"""Promise 1.19: an alert for somebody not known yet waits and is not lost."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text

from shared.settings import Settings
from tests.service.notify.conftest import Notify, hours
from tests.service.notify.story import (
    HELPER,
    LEADER,
    RESIDENT,
    SUPERVISOR,
    Story,
    everybody,
    person,
    places_known,
)


@pytest.fixture
async def stranger(settings: Settings) -> AsyncIterator[Notify]:
    """A notify that knows nobody yet."""
    running = Notify(settings)
    await running.hear(*places_known())
    yield running
    await running.store.close()


async def waiting(notify: Notify) -> int:
    async with notify.store.read() as connection:
        return await connection.scalar(text("select count(*) from waitingalert")) or 0


async def test_an_offer_waits_for_its_team(stranger: Notify) -> None:
    story = Story()
    await stranger.hear(story.submitted(), story.offered())
    assert await stranger.messages(alert="offered") == []
    await stranger.hear(*everybody())
    assert await stranger.alerts(LEADER) == ["offered"]
    assert await stranger.alerts(HELPER) == ["offered"]


async def test_a_leader_who_becomes_known_after_a_member_is_told_too(stranger: Notify) -> None:
    story = Story()
    await stranger.hear(person("helper", HELPER))
    await stranger.hear(story.submitted(), story.offered())
    assert await stranger.alerts(HELPER) == ["offered"]
    await stranger.hear(person("leader", LEADER, role="leader"))
    assert await stranger.alerts(LEADER) == ["offered"]
    assert await stranger.alerts(HELPER) == ["offered"]


async def test_an_acceptance_waits_for_resident_and_member(stranger: Notify) -> None:
    story = Story()
    submitted = story.submitted()
    await stranger.hear(story.accepted("helper"))
    await stranger.hear(submitted)
    assert await stranger.alerts(RESIDENT) == ["submitted"]
    await stranger.hear(person("helper", HELPER, full_name="Trần Thị Hoa"))
    assert await stranger.alerts(RESIDENT) == ["submitted", "accepted"]
    assert "Tran Thi Hoa" in (await stranger.texts(RESIDENT))[-1]
    assert await stranger.alerts(HELPER) == ["accepted"]
    assert await waiting(stranger) == 0


async def test_a_supervisor_is_waited_for_by_id(stranger: Notify) -> None:
    story = Story()
    await stranger.hear(story.submitted(), story.unrouted("supervisor"))
    await stranger.hear(*everybody())
    assert await stranger.alerts(SUPERVISOR) == ["unrouted"]


async def test_an_offer_that_was_taken_meanwhile_is_not_sent_when_the_team_comes(stranger: Notify) -> None:
    story = Story()
    await stranger.hear(story.submitted(), story.offered("T-1", "T-2"))
    await stranger.hear(story.accepted("leader"), story.taken("T-2"))
    await stranger.hear(person("neighbour", "+84902000001", role="leader", team="T-2"))
    assert await stranger.alerts("+84902000001") == []


async def test_what_waited_too_long_is_given_up(stranger: Notify) -> None:
    story = Story()
    await stranger.hear(story.submitted(), story.offered())
    assert await waiting(stranger) == 2
    await stranger.pass_time(hours(13))
    assert await waiting(stranger) == 0
    await stranger.hear(*everybody())
    assert await stranger.alerts(LEADER) == []


async def test_many_that_nobody_can_answer_do_not_hold_up_those_behind(stranger: Notify) -> None:
    strangers = [Story() for _ in range(250)]
    await stranger.hear(*[story.offered("T-9") for story in strangers])
    story = Story()
    await stranger.hear(story.submitted(), story.offered())
    await stranger.hear(*everybody())
    assert await stranger.alerts(LEADER) == ["offered"]
