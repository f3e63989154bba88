"""Receipts come in: kept in one commit, then applied to their messages. No state ever goes back."""

from collections.abc import Sequence

from services.notify.channels.inbound import Receipt
from services.notify.receipts import store
from shared.clock import Clock
from shared.store import Unit


class Receipts:
    """What channels say of what we sent."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def receive(self, unit: Unit, receipts: Sequence[Receipt]) -> None:
        """Take receipts, in whatever order and however often they come."""
        await store.keep(unit, receipts, self._clock.now())
        await store.apply_delivered(unit)
