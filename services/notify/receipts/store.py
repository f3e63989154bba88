"""Every query about receipts."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, exists, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from services.notify.channels.inbound import Receipt
from services.notify.messages.tables import Message
from services.notify.receipts.tables import KeptReceipt
from shared.store import Unit


async def keep(unit: Unit, receipts: Sequence[Receipt], now: datetime) -> None:
    """Write receipts down; a repeat changes nothing."""
    rows = [
        {
            "channel": receipt.channel,
            "key": receipt.key,
            "kind": receipt.kind,
            "at": receipt.at,
            "kept_at": now,
            "message_id": receipt.message,
            "provider_id": receipt.provider_id,
            "reason": receipt.reason,
            "address_is_bad": receipt.address_is_bad,
            "is_applied": False,
        }
        for receipt in receipts
    ]
    if rows:
        await unit.execute(insert(KeptReceipt).on_conflict_do_nothing(), rows)


async def apply_delivered(unit: Unit) -> None:
    """Messages whose receipt says so are on their phones, whatever came before or comes after."""
    of_it = _of_one_message()
    delivered = (
        update(Message)
        .where(of_it, col(KeptReceipt.kind) == "delivered", ~col(KeptReceipt.is_applied))
        .where(col(Message.state) == "sent")
        .values(state="delivered", state_at=col(KeptReceipt.at), delivered_at=col(KeptReceipt.at), reason=None)
    )
    await unit.execute(delivered)
    settled = exists(select(1).where(of_it, col(Message.state).in_(("delivered", "failed", "expired"))))
    await unit.execute(update(KeptReceipt).where(~col(KeptReceipt.is_applied), settled).values(is_applied=True))


def _of_one_message() -> ColumnElement[bool]:
    same_name = col(Message.provider_id) == col(KeptReceipt.provider_id)
    return (col(Message.channel) == col(KeptReceipt.channel)) & (
        (col(Message.id) == col(KeptReceipt.message_id)) | (col(KeptReceipt.message_id).is_(None) & same_name)
    )
