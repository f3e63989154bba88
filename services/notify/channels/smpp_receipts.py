"""A receipt as message centres write it: SMPP 3.4, appendix B, with the liberties that they take."""

import re
from datetime import datetime
from typing import Literal

from services.notify.channels.inbound import Receipt
from services.notify.channels.smpp_reading import MESSAGE_STATE, RECEIPTED_ID, Delivery

Kind = Literal["on_its_way", "delivered", "failed"]
Ids = Literal["same", "hex_decimal", "decimal_hex"]
"""How a centre writes one id in its answer and in its receipt; they differ at some."""

KINDS: dict[str, Kind] = {
    "DELIVRD": "delivered",
    "ENROUTE": "on_its_way",
    "ACCEPTD": "on_its_way",
    "UNKNOWN": "on_its_way",
    "EXPIRED": "failed",
    "DELETED": "failed",
    "UNDELIV": "failed",
    "REJECTD": "failed",
}
"""Their words. UNKNOWN says that they know no more than we: it is no failure."""

_STATES = ("", "ENROUTE", "DELIVRD", "EXPIRED", "DELETED", "UNDELIV", "ACCEPTD", "UNKNOWN", "REJECTD")
"""message_state, section 5.2.28, by its number."""
_FIELD = r"\b{}:(\S*)"


def read_receipt(delivery: Delivery, ids: Ids, at: datetime) -> Receipt | None:
    """None: it names no message, or says nothing of its state. `at`: their clock names no zone, so ours is written."""
    text = delivery.text
    named = delivery.options.get(RECEIPTED_ID, b"").rstrip(b"\0").decode("latin-1") or _field(text, "id")
    word = _STATES_BY_NUMBER.get(delivery.options.get(MESSAGE_STATE, b"")) or _field(text, "stat").upper()
    kind = KINDS.get(word)
    if not named or not kind:
        return None
    name = receipt_name(named, ids)
    error = _field(text, "err")
    return Receipt(
        channel="smpp",
        key=":".join((name, word, _field(text, "done date"))),
        kind=kind,
        at=at,
        provider_id=name,
        reason=" ".join(filter(None, (word, error.strip("0") and error))) if kind == "failed" else None,
    )


def answer_name(id: str, ids: Ids) -> str:
    """An id of a submit_sm_resp, as both sides shall be compared."""
    return _compared(id, {"same": 0, "hex_decimal": 16, "decimal_hex": 10}[ids])


def receipt_name(id: str, ids: Ids) -> str:
    """An id of a receipt, as both sides shall be compared."""
    return _compared(id, {"same": 0, "hex_decimal": 10, "decimal_hex": 16}[ids])


def _compared(id: str, base: int) -> str:
    id = id.strip()
    try:
        return str(int(id, base)) if base else id.lower()
    except ValueError:
        return id.lower()


def _field(text: str, name: str) -> str:
    found = re.search(_FIELD.format(name), text, re.IGNORECASE)
    return found[1] if found else ""


_STATES_BY_NUMBER = {bytes((number,)): word for number, word in enumerate(_STATES) if word}
