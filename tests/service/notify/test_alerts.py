"""Promise 1.19: who is told what."""

from tests.service.notify.conftest import Notify
from tests.service.notify.story import HELPER, LEADER, NEIGHBOUR, OTHER, RESIDENT, Story


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
    print(*(await notify.texts(RESIDENT) + await notify.texts(HELPER) + await notify.texts(NEIGHBOUR)), sep="\n")
