"""The cycle over messages of channels that this installation has no more: they leave by a way that there is.

Somebody took a channel out of `CHANNELS` while messages waited for it. Nothing else would ever look at them.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import structlog

from services.notify.messages.failing import go_on, tell_failed
from services.notify.messages.store.claiming import Claimed
from services.notify.messages.store.gone import take_stranded
from services.notify.messages.ways import Ways
from shared.clock import Clock
from shared.store import Store

log = structlog.get_logger()
BATCH = 200
AGAIN_S = 600.0


class GoneChannels:
    """`usual`: the ways out of this installation, for those that have none of their own left."""

    def __init__(self, store: Store, clock: Clock, ways: Ways, usual: Sequence[str]) -> None:
        self._store = store
        self._clock = clock
        self._ways = ways
        self._usual = usual

    async def work(self) -> datetime | None:
        """One batch; returns when there is more to do."""
        now = self._clock.now()
        if not self._ways.by_name:
            return None
        async with self._store.begin() as unit:
            messages = await take_stranded(unit, tuple(self._ways.by_name), now, BATCH)
            fresh = [self._with_ways(message) for message in messages if message.expires_at > now]
            await go_on(unit, fresh, self._ways, now)
            await tell_failed(unit, messages, {message.id: "channel_gone" for message in messages}, set(), now)
        if messages:
            log.warning("messages.stranded", messages=len(messages), channels=sorted({m.channel for m in messages}))
        return now if len(messages) == BATCH else None

    def _with_ways(self, message: Claimed) -> Claimed:
        if self._ways.left(message.further_channels) or not message.phone:
            return message
        known = (self._ways.by_name[name] for name in self._usual if name in self._ways.by_name)
        return replace(message, further_channels=[way.name for way in known if way.reaches_by_phone])
