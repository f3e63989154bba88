"""What we say to a message centre: a text as submit_sm, in as many parts as it needs.

SMPP 3.4, sections 4.4.1 and 5.2; the header of parts is 3GPP TS 23.040, 9.2.3.24.1. The PDUs are aiosmpplib's.
"""

from collections.abc import Iterator
from datetime import timedelta

from aiosmpplib import NPI, TON, PhoneNumber, SubmitSm
from aiosmpplib.codec import GSM7BitCodec

from services.notify.channels.channel import Outgoing
from shared.vietnam.sms import gsm_length, parts

VALIDITY = timedelta(hours=6)
"""A phone that is off for longer gets no news that is none any more."""

_ROOM = {"gsm7": 153, "ucs2": 67}
_HAS_HEADER = 0x40
_RECEIPT = 0x01
"""Of registered_delivery: a receipt, whether it arrives or not."""


def submits(message: Outgoing, sender: PhoneNumber) -> list[SubmitSm]:
    """One for each part, in order. The receipt is asked for the last: it went after all the others had been taken.

    ValueError: it cannot be written, such as a number of letters or an empty text.
    """
    texts = split(message.text)
    bodies = [_body(text, parts(message.text).coding) for text in texts]
    if len(bodies) == 1:
        return [_submit(message, sender, bodies[0], has_header=False, is_last=True)]
    headers = (bytes((5, 0, 3, _reference(message), len(bodies), n)) for n in range(1, len(bodies) + 1))
    whole = [header + body for header, body in zip(headers, bodies, strict=True)]
    return [_submit(message, sender, one, has_header=True, is_last=one is whole[-1]) for one in whole]


def split(text: str) -> list[str]:
    """The text as its parts are cut, no pair of septets or surrogates parted: as many as `sms.parts` counts."""
    coding, _, count = parts(text)
    return [text] if count == 1 else list(_packed(text, coding))


def address_of(name: str) -> PhoneNumber:
    """A sender as SMPP names its kind: `+84…` international, digits a short code, else a registered name."""
    if name.startswith("+"):
        return PhoneNumber(name[1:], TON.INTERNATIONAL, NPI.ISDN)
    return PhoneNumber(name, TON.NETWORK_SPECIFIC if name.isdigit() else TON.ALPHANUMERIC, NPI.UNKNOWN)


def _packed(text: str, coding: str) -> Iterator[str]:
    begin, left = 0, _ROOM[coding]
    for at, sign in enumerate(text):
        size = (gsm_length(sign) or 1) if coding == "gsm7" else len(sign.encode("utf-16-be")) // 2
        if size > left:
            yield text[begin:at]
            begin, left = at, _ROOM[coding]
        left -= size
    yield text[begin:]


def _body(text: str, coding: str) -> bytes:
    return GSM7BitCodec().encode(text)[0] if coding == "gsm7" else text.encode("utf-16-be")


def _reference(message: Outgoing) -> int:
    """The same in every try, so that a phone that holds some parts of the first completes it with the second's."""
    return message.id.int & 0xFF


def _submit(message: Outgoing, sender: PhoneNumber, body: bytes, *, has_header: bool, is_last: bool) -> SubmitSm:
    submit = SubmitSm(
        short_message=message.text,
        source=sender,
        destination=PhoneNumber(message.address.lstrip("+"), TON.INTERNATIONAL, NPI.ISDN),
        esm_class=_HAS_HEADER if has_header else 0,
        validity_period=VALIDITY,
        registered_delivery=_RECEIPT if is_last else 0,
        encoding="ucs2" if parts(message.text).coding == "ucs2" else None,
    )
    submit.set_encoded_message(body)
    return submit
