"""What became of a message, in plain words: a pure reading of its row."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

Tone = Literal["calm", "busy", "wait", "good", "late"]
_TONES: Mapping[str, Tone] = {
    "queued": "wait",
    "sending": "busy",
    "sent": "busy",
    "delivered": "good",
    "failed": "late",
    "expired": "calm",
}
_PUT_OFF = frozenset({"paced", "over_budget", "night"})


@dataclass(frozen=True, slots=True)
class Fate:
    """A sentence (key and values of `words.toml`; `times` are values that are times), and how it looks."""

    key: str
    tone: Tone
    times: Mapping[str, datetime]
    reason: str | None = None
    """A word of `[messages.reason]`."""


def fate(message: Any, now: datetime) -> Fate:
    """`message` is a row of messages."""
    tone = _TONES[message.state]
    match message.state:
        case "delivered":
            return Fate("delivered", tone, {"sent": message.sent_at, "received": message.delivered_at})
        case "sent":
            return Fate("on_its_way" if message.on_its_way_at else "sent", tone, {"sent": message.sent_at})
        case "queued":
            return _waiting(message, now, tone)
        case "failed" | "expired":
            return Fate(message.state, tone, {}, message.reason)
    return Fate(message.state, tone, {})


def _waiting(message: Any, now: datetime, tone: Tone) -> Fate:
    """Why it has not left yet."""
    at = {"at": message.not_before}
    if message.reason in _PUT_OFF:
        return Fate(message.reason, tone, at)
    if message.tries:
        return Fate("again", tone, at, message.reason)
    return Fate("later", tone, at) if message.not_before > now else Fate("queued", tone, {})
