"""The cycle over conversations in which no answer comes: what is known is filed, else whoever asked is told to call."""

from datetime import datetime

from services.notify.asking import store
from services.notify.asking.hearing import Hearing
from services.notify.replies.choosing import Answer
from services.notify.replies.receive import Replies
from shared.clock import Clock
from shared.store import Store

BATCH = 50


class WaitingAnswers:
    """Ends what nobody goes on with."""

    def __init__(self, store: Store, clock: Clock, hearing: Hearing, replies: Replies) -> None:
        self._store = store
        self._clock = clock
        self._hearing = hearing
        self._replies = replies

    async def work(self) -> datetime | None:
        """One batch; returns when the next is due."""
        now = self._clock.now()
        async with self._store.read() as connection:
            due_at = await store.next_due(connection)
        if due_at is None or due_at > now:
            return due_at
        async with self._store.begin() as unit:
            for asking in await store.take_due(unit, now, BATCH):
                answer = await self._hearing.close(unit, asking, now)
                if isinstance(answer, Answer):
                    await self._replies.tell(unit, asking.phone, asking.channel, answer, now)
        return now
