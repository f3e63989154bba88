"""Messages are owed: rows that leave when they are due."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.dialects.postgresql import insert

from services.notify.messages.new import NewMessage
from services.notify.messages.tables import Message, MessageTicket
from shared.store import Unit, new_id
from shared.vietnam.sms import parts


async def queue(unit: Unit, messages: Sequence[NewMessage]) -> None:
    """Owe messages: they leave when they are due."""
    rows = [_row(message) for message in messages]
    if rows:
        await unit.execute(insert(Message), rows)
    further = [
        {"code": code, "message_id": row["id"]}
        for row, message in zip(rows, messages, strict=True)
        for code in message.further_codes
    ]
    if further:
        await unit.execute(insert(MessageTicket).on_conflict_do_nothing(), further)


def _row(message: NewMessage) -> dict[str, Any]:
    first, *further = message.channels
    length = parts(message.text)
    return {
        "id": new_id(),
        "created_at": message.created_at,
        "alert": message.alert,
        "code": message.code,
        "version": message.version,
        "person": message.person,
        "phone": message.phone,
        "team": message.team,
        "offer_id": message.offer_id,
        "province": message.territory.province,
        "commune": message.territory.commune,
        "unit_path": list(message.territory.unit_path),
        "channel": first,
        "further_channels": further,
        "text": message.text,
        "parts": length.parts,
        "encoding": length.coding,
        "address": message.address,
        "template": message.template,
        "slots": message.slots,
        "on_phones": message.on_phones,
        "number": message.number,
        "bundles": False,
        "state": "queued",
        "state_at": message.created_at,
        "resent": False,
        "priority": message.priority,
        "not_before": message.not_before,
        "expires_at": message.expires_at,
        "tries": 0,
        "correlation": message.correlation,
    }
