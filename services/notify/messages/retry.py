"""What becomes of a message after a try: pure rules."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from services.notify.channels.channel import Outcome

PAUSES = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15))
"""After a temporary refusal; the one after the last pause is final."""

State = Literal["queued", "sending", "sent", "delivered", "failed", "expired"]


@dataclass(frozen=True, slots=True)
class Next:
    """The state to write down, and when to try again where it is `queued`."""

    state: State
    reason: str | None = None
    not_before: datetime | None = None


def after(
    outcome: Outcome,
    tries: int,
    now: datetime,
    expires_at: datetime,
    *,
    resent: bool = False,
    patient: bool = False,
    has_next: bool = False,
) -> Next:
    """`tries` counts this one. A refusal for good is final at once; a passing one is tried again, while it is news.

    What may have left without an answer is sent again only once (`resent`: that was this try), then it has failed.
    `patient`: the last pause is taken again and again until it is too old, for nobody is to blame but the channel.
    `has_next`: there is another way, and it need not wait as long as this one asks us to.
    """
    if outcome.kind in ("sent", "delivered"):
        return Next(outcome.kind)
    if outcome.maybe_sent and resent:
        return Next("failed", "no_answer")
    if outcome.kind == "permanent" or (tries > len(PAUSES) and not patient):
        return Next("failed", outcome.reason)
    asked = outcome.retry_after or timedelta()
    again = now + max(PAUSES[min(tries, len(PAUSES)) - 1], asked)
    if has_next and (again > expires_at or asked > PAUSES[-1]):
        return Next("failed", outcome.reason)
    if again > expires_at:
        return Next("expired", "too_old")
    return Next("queued", outcome.reason, again)
