"""What providers call our messages: told by their answers, and by receipts that came before an answer."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select, union
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from services.notify.base import one_of
from services.notify.messages.tables import Message
from services.notify.receipts.tables import KeptReceipt


async def provider_names(connection: AsyncConnection, channel: str, messages: Sequence[UUID]) -> dict[UUID, str]:
    """The provider's id of each of these messages, as far as it is known."""
    answered = select(col(Message.id), col(Message.provider_id)).where(
        one_of(col(Message.id), messages), col(Message.channel) == channel, col(Message.provider_id).is_not(None)
    )
    receipted = select(col(KeptReceipt.message_id), col(KeptReceipt.provider_id)).where(
        one_of(col(KeptReceipt.message_id), messages),
        col(KeptReceipt.channel) == channel,
        ~col(KeptReceipt.is_applied),
        col(KeptReceipt.provider_id).is_not(None),
    )
    rows = await connection.execute(union(answered, receipted))
    return {row[0]: str(row[1]) for row in rows}
