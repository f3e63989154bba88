"""What stands in the link: the page's own number and a signature, short enough for an SMS (13 letters or so)."""

import hashlib
import hmac
from base64 import urlsafe_b64encode

_SIGNATURE = 10
"""Letters of 6 bits: 60 bits, guessed online one by one."""
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def token(number: int, secret: str) -> str:
    """`number` is of a row; the secret is the installation's."""
    return _written(number) + _signature(number, secret)


def number_of(text: str, secret: str) -> int | None:
    """The number of the page, or None where the token is not ours."""
    written, signature = text[:-_SIGNATURE], text[-_SIGNATURE:]
    if not 0 < len(written) <= 12 or not set(written) <= set(_DIGITS):
        return None
    number = int(written, 36)
    return number if hmac.compare_digest(signature.encode(), _signature(number, secret).encode()) else None


def _signature(number: int, secret: str) -> str:
    digest = hmac.new(secret.encode(), f"caunoi.answer:{number}".encode(), hashlib.sha256).digest()
    return urlsafe_b64encode(digest)[:_SIGNATURE].decode()


def _written(number: int) -> str:
    digits = ""
    while True:
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
        if not number:
            return digits
