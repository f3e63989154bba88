"""Promise 1.21: replies by SMS."""

from tests.service.notify.conftest import Notify
from tests.service.notify.story import HELPER, LEADER, RESIDENT, Story


async def test_a_member_accepts_by_short_number(notify: Notify) -> None:
    story = Story()
    await notify.hear(story.submitted(), story.offered())
    await notify.write(HELPER, "nhận 1.")
    (reply,) = await notify.published("replies.received")
    assert (reply["command"], reply["code"], reply["person"]) == ("accept", story.code, "helper")
    await notify.write(LEADER, "1")
    await notify.write(LEADER, "XEM")
    await notify.write(RESIDENT, "XEM")
    await notify.write(RESIDENT, "chua xong")
    await notify.write(RESIDENT, "alo")
    await notify.write(RESIDENT, "alo")
    for p in (LEADER, HELPER, RESIDENT):
        print(*await notify.texts(p), sep="\n")
