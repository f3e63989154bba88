"""A channel that does not work is left alone for a while: a circuit breaker, reckoned by each sender for itself.

It opens when five different people in a row could not be reached for a reason that is not theirs. After a pause one
message is tried; if it goes well all go on, else the pause doubles. Meanwhile the others wait without losing a try, and
urgent ones leave by their next way.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from services.notify.channels.channel import Outcome

OPENS_AFTER = 5
FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(minutes=5)

OF_THE_RECEIVER = frozenset(
    {
        *("busy", "switched_off", "memory_full", "absent", "barred", "unknown_number", "number_closed", "no_address"),
        *("stopped", "no_window", "no_zalo", "refused_by_person", "chat_closed", "person_too_often"),
    }
)
"""Words of refusal that say nothing about the channel."""


def is_of_channel(outcome: Outcome) -> bool:
    """Whether it would have gone the same way for anybody."""
    return outcome.kind == "temporary" and outcome.reason not in OF_THE_RECEIVER


@dataclass(frozen=True, slots=True)
class Breaker:
    """What one sender knows of its channel."""

    failed: frozenset[str] = frozenset()
    """Receivers that the channel failed since its last success."""
    open_until: datetime | None = None
    pause: timedelta = FIRST_PAUSE

    def is_open(self, now: datetime) -> bool:
        return self.open_until is not None and now < self.open_until

    def is_half_open(self, now: datetime) -> bool:
        """The pause is over; one message is tried."""
        return self.open_until is not None and now >= self.open_until

    def after(self, outcomes: Iterable[tuple[str, Outcome]], now: datetime) -> "Breaker":
        """What is known after a try: pairs of receiver and outcome."""
        tried = list(outcomes)
        if any(not is_of_channel(outcome) for _, outcome in tried):
            return Breaker()
        failed = self.failed | {receiver for receiver, _ in tried}
        if tried and self.is_half_open(now):
            return Breaker(failed, now + min(self.pause * 2, LONGEST_PAUSE), min(self.pause * 2, LONGEST_PAUSE))
        if len(failed) >= OPENS_AFTER and self.open_until is None:
            return Breaker(failed, now + FIRST_PAUSE)
        return replace(self, failed=failed)
