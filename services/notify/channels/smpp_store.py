"""Every query about texts that a message centre brought."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import CursorResult, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from services.notify.base import one_of
from services.notify.channels.smpp_reading import Delivery, Part
from services.notify.channels.tables import SmppText
from shared.store import Unit

MOST = 500
WHOLE = Part(0, 1, 1)


async def keep(unit: Unit, delivery: Delivery, now: datetime) -> SmppText | None:
    """Write a text or a part of one down; None: it is there already."""
    reference, total, position = delivery.part or WHOLE
    row = SmppText(
        fingerprint=delivery.fingerprint,
        at=now,
        source=delivery.source,
        destination=delivery.destination,
        coding=delivery.coding,
        body=delivery.body,
        reference=reference,
        total=total,
        position=position,
    )
    result = await unit.execute(insert(SmppText).values(**row.model_dump()).on_conflict_do_nothing())
    return row if result.rowcount else None


async def parts_like(unit: Unit, part: SmppText) -> list[SmppText]:
    """All parts of the same text that wait, this one too."""
    statement = select(*_COLUMNS).where(
        col(SmppText.source) == part.source,
        col(SmppText.destination) == part.destination,
        col(SmppText.reference) == part.reference,
        col(SmppText.total) == part.total,
        ~col(SmppText.is_handed_over),
    )
    return _read(await unit.execute(statement.limit(MOST)))


async def waiting(unit: Unit, before: datetime) -> list[SmppText]:
    """Parts that came before then and still wait for others, the oldest first."""
    statement = select(*_COLUMNS).where(~col(SmppText.is_handed_over), col(SmppText.at) <= before)
    return _read(await unit.execute(statement.order_by(col(SmppText.at)).limit(MOST)))


async def waiting_since(unit: Unit) -> datetime | None:
    """When the oldest part came that waits for others."""
    statement = select(func.min(col(SmppText.at))).where(~col(SmppText.is_handed_over))
    return (await unit.execute(statement)).scalar_one()


async def hand_over(unit: Unit, fingerprints: Sequence[str]) -> None:
    """What they said is kept elsewhere now; here only that they came."""
    statement = update(SmppText).where(one_of(col(SmppText.fingerprint), fingerprints))
    await unit.execute(statement.values(is_handed_over=True, body=b""))


async def forget(unit: Unit, settled: Sequence[str], before: datetime) -> None:
    """Drop what will not be repeated: those of which that is known, and those from before then."""
    gone = one_of(col(SmppText.fingerprint), settled) | (col(SmppText.at) < before)
    await unit.execute(delete(SmppText).where(gone, col(SmppText.is_handed_over)))


_COLUMNS = tuple(SmppText.__table__.columns)  # pyright: ignore[reportAttributeAccessIssue]  (SQLModel adds it)


def _read(rows: CursorResult[Any]) -> list[SmppText]:
    return [SmppText(**row._mapping) for row in rows]
