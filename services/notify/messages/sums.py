"""What became of a place's messages in a period, and what they cost, by channel."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

MOST = 200_000
"""Messages that are looked at; of a place and period with more the figures are said to be of the first so many."""
_WITHIN = {
    "commune": "commune = :unit",
    "above": "unit_path @> array[cast(:unit as text)]",
    "everywhere": "true",
}


@dataclass(frozen=True, slots=True)
class ChannelSum:
    """Of one channel: messages that left, those that arrived for certain, those that failed; parts; đồng."""

    channel: str
    sent: int
    delivered: int
    failed: int
    parts: int
    price_vnd: int


@dataclass(frozen=True, slots=True)
class Place:
    """A unit's code, None for everywhere; a commune's messages stand on an index of their own."""

    unit: str | None = None
    is_commune: bool = False


async def sums_of(
    connection: AsyncConnection, place: Place, channels: Sequence[str], start: datetime, end: datetime
) -> list[ChannelSum]:
    """By channel, of messages whose last word (sent, delivered, failed) fell in the period."""
    asked = {"channels": list(channels), "start": start, "end": end, "most": MOST, "unit": place.unit}
    statement = sums_statement(place)
    wanted = {name: value for name, value in asked.items() if f":{name}" in statement.text}
    return [ChannelSum(*row) for row in await connection.execute(statement, wanted)]


def sums_statement(place: Place) -> TextClause:
    """Every part that is put in is one of ours."""
    within = _WITHIN["everywhere" if place.unit is None else "commune" if place.is_commune else "above"]
    return text(f"""
        select channel, count(*) filter (where sent_at is not null), count(*) filter (where state = 'delivered'),
            count(*) filter (where state in ('failed', 'expired')),
            coalesce(sum(parts) filter (where sent_at is not null), 0), coalesce(sum(price), 0)
        from (
            select channel, state, sent_at, parts, price from message
            where channel = any(cast(:channels as text[])) and state_at >= :start and state_at < :end
              and bundled_in is null and {within} limit :most
        ) as looked_at group by channel order by channel""")  # noqa: S608
