"""How fast each way out may be used, and how long we wait for its receipts: a table, and settings that change it.

`KANNEL_PER_MINUTE=600` bounds the channel, `KANNEL_PERSON_BURST=5` and `KANNEL_PERSON_REFILL_S=180` what a person gets,
`KANNEL_RECEIPT_WAIT_S=900` and `KANNEL_URGENT_RECEIPT_WAIT_S=180` when the next way is tried; 0 is without bounds.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from services.notify.messages.buckets import Bucket
from shared.settings import ChannelSettings, load


@dataclass(frozen=True, slots=True)
class Pace:
    """None is without bounds; without `receipt_wait` a channel gives no receipts, or none that can be relied on."""

    channel: Bucket | None = None
    person: Bucket | None = None
    receipt_wait: timedelta | None = None
    urgent_receipt_wait: timedelta | None = None

    def wait(self, *, urgent: bool) -> timedelta | None:
        """How long a message without a receipt is left alone."""
        return self.urgent_receipt_wait if urgent else self.receipt_wait


_MINUTE = timedelta(minutes=1)
_SPARING = Bucket(5, 3 * _MINUTE)
"""Five texts at once, then one in three minutes: more is read by nobody."""

PACES: Mapping[str, Pace] = {
    "kannel": Pace(Bucket(600, _MINUTE / 600), _SPARING, 15 * _MINUTE, 3 * _MINUTE),
    "smpp": Pace(Bucket(600, _MINUTE / 600), _SPARING, 15 * _MINUTE, 3 * _MINUTE),
    "esms": Pace(Bucket(300, _MINUTE / 300), _SPARING, 15 * _MINUTE, 3 * _MINUTE),
    "speedsms": Pace(Bucket(300, _MINUTE / 300), _SPARING, 15 * _MINUTE, 3 * _MINUTE),
    "zalo": Pace(Bucket(300, _MINUTE / 300), _SPARING, 10 * _MINUTE, 3 * _MINUTE),
    "zalo_bot": Pace(person=_SPARING),
    "telegram": Pace(person=_SPARING),
    "email": Pace(person=_SPARING),
}
"""The simulator and a webhook have no bounds of their own."""


class _Wish(ChannelSettings):
    per_minute: int | None = Field(default=None, ge=0)
    person_burst: int | None = Field(default=None, ge=0)
    person_refill_s: float = Field(default=180, gt=0)
    receipt_wait_s: float | None = Field(default=None, ge=0)
    urgent_receipt_wait_s: float | None = Field(default=None, ge=0)


def pace_of(name: str) -> Pace:
    """The table's line, as the settings change it."""
    prefix = f"{name.upper()}_"

    class Wish(_Wish):
        model_config = SettingsConfigDict(env_prefix=prefix)

    wish, usual = load(Wish), PACES.get(name, Pace())
    minutely = wish.per_minute
    return Pace(
        _bucket(minutely, _MINUTE / minutely if minutely else _MINUTE, usual.channel),
        _bucket(wish.person_burst, timedelta(seconds=wish.person_refill_s), usual.person),
        _wait(wish.receipt_wait_s, usual.receipt_wait),
        _wait(wish.urgent_receipt_wait_s, usual.urgent_receipt_wait),
    )


def _bucket(capacity: int | None, refill: timedelta, usual: Bucket | None) -> Bucket | None:
    if capacity is None:
        return usual
    return Bucket(capacity, refill) if capacity else None


def _wait(seconds: float | None, usual: timedelta | None) -> timedelta | None:
    if seconds is None:
        return usual
    return timedelta(seconds=seconds) if seconds else None
