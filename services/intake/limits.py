"""How often something may be tried: tallies in the store, so that all replicas count together.

A tally is named by a keyed hash: neither a number nor an address stands in the table.
"""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Index, Text, delete, func, select, text
from sqlmodel import Field

from services.intake.base import IntakeTable
from services.intake.rows import insert_many
from shared.store import TIME, Unit
from shared.store.base import table_of


class Tally(IntakeTable, table=True):
    """Tries counted since a window began."""

    __table_args__ = (Index("tally_age", "ends_at"),)
    name: str = Field(sa_type=Text, primary_key=True)
    tries: int
    ends_at: datetime = Field(sa_type=TIME)


@dataclass(frozen=True)
class Limit:
    """At most `most` tries within `window`, for each subject of the kind `what`."""

    what: str
    most: int
    window: timedelta

    def name(self, secret: str, subject: str) -> str:
        """The tally of one subject (a number, an address, a code)."""
        digest = hmac.new(secret.encode(), f"{self.what}:{subject}".encode(), hashlib.sha256).hexdigest()[:32]
        return f"{self.what}:{digest}"


@dataclass(frozen=True, slots=True)
class Count:
    """One try to be counted."""

    limit: Limit
    name: str


_TALLY = table_of(Tally)
_COUNT = insert_many(
    Tally,
    """(name) do update set
    tries = case when tally.ends_at <= :now then 1 else tally.tries + 1 end,
    ends_at = case when tally.ends_at <= :now then excluded.ends_at else tally.ends_at end
    returning name, tries, ends_at""",
)


async def count(unit: Unit, counts: Sequence[Count], now: datetime) -> datetime | None:
    """Count one try each; the time from which it may be tried again, where a limit was passed."""
    ordered = sorted(counts, key=lambda each: each.name)
    values = {
        "name": [each.name for each in ordered],
        "tries": [1] * len(ordered),
        "ends_at": [now + each.limit.window for each in ordered],
    }
    most = {each.name: each.limit.most for each in counts}
    found = await unit.execute(_COUNT, {**values, "now": now})
    return max((row.ends_at for row in found if row.tries > most[row.name]), default=None)


async def used_up(unit: Unit, counts: Sequence[Count], now: datetime) -> datetime | None:
    """The time from which it may be tried again, where no try is left; counts nothing."""
    query = select(_TALLY.c.name, _TALLY.c.tries, _TALLY.c.ends_at).where(
        _TALLY.c.name.in_([each.name for each in counts]), _TALLY.c.ends_at > now
    )
    most = {each.name: each.limit.most for each in counts}
    found = await unit.execute(query)
    return max((row.ends_at for row in found if row.tries >= most[row.name]), default=None)


async def alone(unit: Unit, name: str) -> None:
    """Wait until nobody else is at this subject, to the end of the transaction: tries side by side are counted too."""
    await unit.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, text("0")))))


async def forget_tallies(unit: Unit, now: datetime, most: int = 1000) -> int:
    """Delete tallies whose window is over; says how many."""
    old = select(_TALLY.c.name).where(_TALLY.c.ends_at <= now).order_by(_TALLY.c.ends_at).limit(most)
    return (await unit.execute(delete(_TALLY).where(_TALLY.c.name.in_(old)))).rowcount
