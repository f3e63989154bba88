"""What conversations listen to: intake's word that a request could not be taken."""

from collections.abc import Sequence

from services.notify.asking import store
from services.notify.replies.choosing import Answer
from services.notify.replies.receive import Replies
from shared.clock import Clock
from shared.events import requests
from shared.events.envelope import Received
from shared.store import Unit

REFUSED = Answer("answer_ask_refused")


class Listening:
    """Tells people that they had better call."""

    def __init__(self, clock: Clock, replies: Replies) -> None:
        self._clock = clock
        self._replies = replies

    async def on_refused(self, unit: Unit, events: Sequence[Received[requests.Refused]]) -> None:
        for event in events:
            asking = await store.kept(unit.connection, event.data.ask_id)
            if asking:  # else the store was set back: nobody waits for this any more
                await self._replies.tell(unit, asking.phone, asking.channel, REFUSED, self._clock.now())
