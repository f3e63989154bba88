"""Telling the house what became of messages."""

from datetime import datetime
from typing import Any

from services.notify.messages.store.claiming import Claimed
from shared.events import messages as events
from shared.store import Unit


def publish_taken(unit: Unit, message: Claimed, state: str, at: datetime) -> None:
    """One event a message where both are known at once: `delivered` says `sent` as well."""
    event = events.Delivered if state == "delivered" else events.Sent
    _publish(unit, event(**_said(message, at)), message, at)


def publish_failed(
    unit: Unit, message: Claimed, reason: str, at: datetime, *, address_is_bad: bool, nobody_reached: bool
) -> None:
    """It will not arrive."""
    said = _said(message, at)
    why = {"reason": reason, "address_is_bad": address_is_bad, "nobody_reached": nobody_reached}
    event = events.Failed(**said, **why, offer_id=message.offer_id)
    _publish(unit, event, message, at)


def _said(message: Claimed, at: datetime) -> dict[str, Any]:
    return {
        "message_id": message.id,
        "at": at,
        "alert": message.alert,
        "channel": message.channel,
        "codes": [message.code] if message.code else [],
        "person": message.person,
        "team": message.team,
    }


def _publish(unit: Unit, event: events.MessageEvent, message: Claimed, at: datetime) -> None:
    unit.publish(
        event,
        about=message.code or str(message.id),
        province=message.province or "00",
        at=at,
        correlation=message.correlation,
    )
