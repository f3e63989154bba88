"""Every query about conversations."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from services.notify.asking.tables import Asking
from shared.store import Unit

_COLUMNS = tuple(col(getattr(Asking, field)) for field in Asking.model_fields)
_OPEN = col(Asking.state) == "open"


async def is_open(connection: AsyncConnection, phone: str) -> bool:
    """Whether an answer from this phone is waited for."""
    return bool(await connection.scalar(select(exists().where(col(Asking.phone) == phone, _OPEN))))


async def take_open(unit: Unit, phone: str) -> Asking | None:
    """The open conversation with this phone, held until the commit."""
    statement = select(*_COLUMNS).where(col(Asking.phone) == phone, _OPEN).with_for_update()
    row = (await unit.execute(statement)).first()
    return Asking(**row._mapping) if row else None


async def begin(unit: Unit, asking: Asking) -> bool:
    """Open a conversation; False where another process has opened one with this phone."""
    statement = insert(Asking).values(**asking.model_dump()).on_conflict_do_nothing()
    return (await unit.execute(statement)).rowcount == 1


async def change(unit: Unit, id: UUID, **values: object) -> None:
    """Write down how a conversation stands."""
    await unit.execute(update(Asking).where(col(Asking.id) == id).values(**values))


async def end_open(unit: Unit, phone: str) -> None:
    """Its owner wants to hear nothing more."""
    statement = update(Asking).where(col(Asking.phone) == phone, _OPEN)
    await unit.execute(statement.values(state="given_up", said=""))


async def begun_since(connection: AsyncConnection, phone: str, since: datetime) -> Sequence[datetime]:
    """When this phone's conversations of late began."""
    statement = select(col(Asking.begun_at)).where(col(Asking.phone) == phone, col(Asking.begun_at) > since)
    return (await connection.execute(statement)).scalars().all()


async def language_with(connection: AsyncConnection, phone: str) -> str | None:
    """The language of the last conversation with this phone."""
    statement = select(col(Asking.language)).where(col(Asking.phone) == phone)
    return await connection.scalar(statement.order_by(col(Asking.begun_at).desc()).limit(1))


async def kept(connection: AsyncConnection, id: UUID) -> Asking | None:
    """A conversation by its id."""
    row = (await connection.execute(select(*_COLUMNS).where(col(Asking.id) == id))).first()
    return Asking(**row._mapping) if row else None


async def take_due(unit: Unit, now: datetime, most: int) -> list[Asking]:
    """Conversations in which no answer is waited for any more, held until the commit."""
    statement = select(*_COLUMNS).where(_OPEN, col(Asking.act_at) <= now).order_by(col(Asking.act_at)).limit(most)
    return [Asking(**row._mapping) for row in await unit.execute(statement.with_for_update(skip_locked=True))]


async def next_due(connection: AsyncConnection) -> datetime | None:
    """When the next conversation is due."""
    return await connection.scalar(select(func.min(col(Asking.act_at))).where(_OPEN))
