"""Buttons under a message, and what a press of one says: pure rules.

`callback_data` comes back from the phone, and whoever has it may change it: it names a word and a ticket, as an SMS
would, and is believed no more than an SMS is.
"""

import re
from typing import Any

from services.notify.channels.channel import Outgoing

MOST_BYTES = 64
_OFFERED = (("Nhận", "NHAN"), ("Không nhận", "TUCHOI"))
_ACCEPTED = (("Đã xong", "XONG"),)
_BUTTONS = {
    "offered": _OFFERED,
    "offered_urgent": _OFFERED,
    "accepted_member": _ACCEPTED,
    "reopened_member": _ACCEPTED,
}
"""By template: label and SMS word."""
_PRESSED = re.compile(r"(NHAN|TUCHOI|XONG):(\d{9})")


def keyboard(message: Outgoing) -> dict[str, Any] | None:
    """`reply_markup` for a message on which its receiver can act."""
    buttons = _BUTTONS.get(message.template or "")
    if not buttons or not message.code:
        return None
    row = [{"text": label, "callback_data": f"{word}:{message.code}"} for label, word in buttons]
    return {"inline_keyboard": [row]}


def read_press(data: str | None) -> tuple[str, str] | None:
    """Word and code of a press; None: none of our buttons says so."""
    found = _PRESSED.fullmatch(data or "")
    return (found[1], found[2]) if found else None
