"""Every query about simulated phones."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Row, delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from services.notify.base import one_of
from services.notify.channels.channel import Outgoing
from services.notify.channels.tables import SimulatedPhone, SimulatedText
from shared.store import Unit


async def behaviours(connection: AsyncConnection, phones: Iterable[str]) -> dict[str, str]:
    """How phones misbehave; those that are not named simply receive."""
    statement = select(col(SimulatedPhone.phone), col(SimulatedPhone.behaviour))
    rows = await connection.execute(statement.where(one_of(col(SimulatedPhone.phone), phones)))
    return {row[0]: row[1] for row in rows}


async def behave(unit: Unit, phone: str, behaviour: str | None) -> None:
    """From here on the phone behaves so; None is well."""
    if behaviour is None:
        await unit.execute(delete(SimulatedPhone).where(col(SimulatedPhone.phone) == phone))
        return
    statement = insert(SimulatedPhone).values(phone=phone, behaviour=behaviour)
    await unit.execute(
        statement.on_conflict_do_update(index_elements=[col(SimulatedPhone.phone)], set_={"behaviour": behaviour})
    )


async def receive(unit: Unit, messages: Sequence[Outgoing]) -> None:
    """Texts arrive, each once however often it is sent."""
    rows = [
        {"id": m.id, "phone": m.phone, "at": m.at, "text": m.text, "alert": m.alert, "code": m.code} for m in messages
    ]
    if rows:
        await unit.execute(insert(SimulatedText).on_conflict_do_nothing(), rows)


async def received_of(connection: AsyncConnection, ids: Sequence[UUID]) -> set[UUID]:
    """Which of these texts have arrived."""
    return set(
        (await connection.execute(select(col(SimulatedText.id)).where(one_of(col(SimulatedText.id), ids)))).scalars()
    )


async def texts_on(
    connection: AsyncConnection, phone: str, most: int = 1000
) -> Sequence[Row[UUID, datetime, str, str, str | None]]:
    """What a phone received, oldest first; at most the newest thousand."""
    statement = (
        select(
            col(SimulatedText.id),
            col(SimulatedText.at),
            col(SimulatedText.text),
            col(SimulatedText.alert),
            col(SimulatedText.code),
        )
        .where(col(SimulatedText.phone) == phone)
        .order_by(col(SimulatedText.at).desc(), col(SimulatedText.id).desc())
        .limit(most)
    )
    return (await connection.execute(statement)).all()[::-1]
