"""Promise 2.8: senders are killed 200 times at random points of a send, for each kind of channel.

Every message arrives at least once; what arrives twice is marked `resent`. Figures stand in docs/operations.md.
"""

import pytest

from shared.settings import Settings
from tests.phones.killing import Killing
from tests.service.notify.channels.case import Case, cases
from tests.service.notify.conftest import settings

__all__ = ["settings"]

pytestmark = pytest.mark.phones
KILLS = 200


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
async def test_killed_in_mid_send_nothing_is_lost_and_doubles_are_marked(case: Case, settings: Settings) -> None:
    async with case.open(settings) as (channel, other_side):
        tally = await Killing(case, settings, channel, other_side).run(KILLS)
    print(f"\n{tally.line(case.name)}")
    assert tally.kills >= KILLS
    assert tally.lost == set()
    assert tally.unmarked == set()
    assert tally.doubled == set() or not case.once
