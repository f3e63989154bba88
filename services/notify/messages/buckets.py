"""Token buckets, reckoned from the times at which tokens were taken: nothing is counted twice, nothing is forgotten."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Bucket:
    """Holds `capacity` tokens when full; one comes back each `refill`."""

    capacity: int
    refill: timedelta

    @property
    def memory(self) -> timedelta:
        """What was taken longer ago than this matters no more."""
        return self.capacity * self.refill

    def free_at(self, taken: Sequence[datetime], now: datetime) -> datetime:
        """When the next token is there: now, or later. `taken` in any order, times after now too."""
        tokens, at = float(self.capacity), None
        for moment in sorted(taken):
            if at is not None:
                tokens = min(self.capacity, tokens + (moment - at) / self.refill)
            tokens, at = tokens - 1, moment
        if at is None:
            return now
        return max(now, at + (1 - tokens) * self.refill)
