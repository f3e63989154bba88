"""Messages for which no receipt came in time."""

from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from services.notify.messages.store.claiming import CLAIMED, Claimed
from services.notify.messages.tables import Message
from shared.store import Unit


async def next_due(connection: AsyncConnection) -> datetime | None:
    """When the next receipt is missing."""
    return await connection.scalar(select(func.min(col(Message.receipt_due))))


async def take_due(unit: Unit, now: datetime, most: int) -> list[Claimed]:
    """Those still without a receipt and still worth saying; nobody takes them a second time."""
    due = (
        select(col(Message.id))
        .where(col(Message.receipt_due) <= now)
        .order_by(col(Message.receipt_due))
        .limit(most)
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    statement = update(Message).where(col(Message.id) == due.c.id).values(receipt_due=None)
    rows = (await unit.execute(statement.returning(*CLAIMED, col(Message.state)))).all()
    found = [(Claimed(*message), state) for *message, state in rows]
    return [message for message, state in found if state == "sent" and message.expires_at > now]
