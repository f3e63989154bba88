"""One-time codes that link a chat to a phone: pure rules.

The phone gets it by SMS, its owner writes it to the bot. Eight signs of 29: 5 × 10¹¹ codes, and a phone has one for a
quarter of an hour.
"""

import hashlib
import hmac
import re
import secrets
from datetime import timedelta

from shared.vietnam.names import fold

VALID = timedelta(minutes=15)
LENGTH = 8
LETTERS, DIGITS = "ABCDEFGHJKMNPQRSTVWXYZ", "23456789"
"""Without what looks alike: I and L, 1, O, 0, U."""

_START = re.compile(r"/start(?:@\w+)?\b", re.IGNORECASE)
_BETWEEN = re.compile(r"[\s.\-]+")
_CODE = re.compile(rf"(?=.*[{LETTERS}])(?=.*[{DIGITS}])[{LETTERS}{DIGITS}]{{{LENGTH}}}")


def new_code() -> str:
    """A code by chance. It has a letter and a digit, so that no word and no number is taken for one."""
    while True:
        code = "".join(secrets.choice(LETTERS + DIGITS) for _ in range(LENGTH))
        if _CODE.fullmatch(code):
            return code


def find_code(text: str) -> str | None:
    """The code that a text is, however it is typed: `k7mp 2qx9`, `/start K7MP2QX9`. None: it is none."""
    plain = _START.sub("", fold(text)).upper()
    code = _BETWEEN.sub("", plain)
    return code if _CODE.fullmatch(code) else None


def hashed(code: str, key: str) -> str:
    """What is stored: HMAC-SHA256 by the installation's key, hex. Who reads the table cannot try codes against it."""
    return hmac.new(key.encode(), b"link code " + code.encode(), hashlib.sha256).hexdigest()
