"""Dead letters: messages that could not be handled, one row for each (consumer, event), with the reason."""

import traceback
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from uuid import UUID

from sqlalchemy import RowMapping, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.clock import Clock
from shared.faults import said
from shared.store.base import Bookkeeping, new_id, table_of
from shared.store.session import Unit

MOST_LISTED = 500


@dataclass(frozen=True, slots=True)
class Letter:
    """A message that one consumer gives up."""

    consumer: str
    event_id: str
    """`ce-id`, or its place in the stream where it has none."""
    subject: str
    headers: Mapping[str, str]
    body: bytes
    deliveries: int


async def bury(unit: Unit, tables: Bookkeeping, letter: Letter, reason: str) -> None:
    """Write the dead letter; one that is there already stays as it is.

    The inbox learns nothing of it: should the event come again and succeed, a later retry finds it done.
    """
    row = {**asdict(letter), "id": new_id(), "about": letter.headers.get("ce-subject")}
    row |= {"reason": reason, "died_at": Clock.wall()}
    await unit.execute(insert(tables.dead).values(row).on_conflict_do_nothing())


async def list_dead(connection: AsyncConnection, tables: Bookkeeping) -> Sequence[RowMapping]:
    """The dead letters that were not yet retried with success, newest first, without their contents."""
    dead = table_of(tables.dead).c
    columns = [column for column in dead if column.name not in ("headers", "body")]
    waiting = select(*columns).where(dead.retried_at.is_(None)).order_by(dead.died_at.desc(), dead.id)
    return (await connection.execute(waiting.limit(MOST_LISTED))).mappings().all()


async def show_dead(connection: AsyncConnection, tables: Bookkeeping, id: UUID) -> RowMapping | None:
    """One dead letter with its headers and body; None where there is none."""
    found = await connection.execute(select(*table_of(tables.dead).c).where(table_of(tables.dead).c.id == id))
    return found.mappings().one_or_none()


async def take_for_retry(unit: Unit, tables: Bookkeeping, id: UUID) -> RowMapping | None:
    """Lock a dead letter that was not yet retried with success, and mark it as such within this unit."""
    dead = table_of(tables.dead)
    waiting = (dead.c.id == id) & dead.c.retried_at.is_(None)
    found = await unit.execute(update(dead).where(waiting).values(retried_at=Clock.wall()).returning(*dead.c))
    return found.mappings().one_or_none()


async def keep_reason(unit: Unit, tables: Bookkeeping, id: UUID, reason: str) -> None:
    """Why the last retry failed."""
    dead = table_of(tables.dead)
    await unit.execute(update(dead).where(dead.c.id == id).values(reason=reason, deliveries=dead.c.deliveries + 1))


def reason(error: BaseException) -> str:
    """What went wrong and where, without anything a person wrote."""
    ours = [frame for frame in traceback.extract_tb(error.__traceback__) if "site-packages" not in frame.filename]
    where = f" at {Path(ours[-1].filename).name}:{ours[-1].lineno}" if ours else ""
    return f"{type(error).__name__}: {said(error)}{where}"
