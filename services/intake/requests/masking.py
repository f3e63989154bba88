"""Numbers that nobody should have written down are taken out before a description is stored.

Identity cards have 9 digits (until 2012) or 12 (Circular 59/2021/TT-BCA); one-time passwords have 4 to 8, mostly 6.
Amounts of money stay: they tell a scam from a mistake.
"""

import re

MASK = "•"
_MONEY = r"\s*(?:đ\b|đồng|dong\b|vnđ|vnd|k\b|nghìn|ngàn|triệu|trieu\b|tỷ|tỉ\b|usd|\$)"
_CARD = re.compile(
    r"(?<![\d.,+])(?:\d{12}|\d{9}|\d{3}(?:([ .-])\d{3})(?:\1\d{3}){1,2})(?![.,]?\d)(?!" + _MONEY + ")",
    re.IGNORECASE,
)
_PASSWORD = re.compile(
    r"(?:\botp\b|\bpin\b|mã xác (?:thực|nhận|minh)|ma xac (?:thuc|nhan|minh)|mã kích hoạt|ma kich hoat"
    r"|mật khẩu|mat khau|password)[^\d\n]{0,24}?(\d{4,8}|\d{2,4}(?:[ -]\d{2,4}){1,2})(?!\d)",
    re.IGNORECASE,
)
_SIX = re.compile(r"(?<![\d.,+/-])\d{6}(?![.,/-]?\d)(?!" + _MONEY + ")", re.IGNORECASE)


def masked(description: str) -> str:
    """The same text with identity-card numbers and what looks like an OTP as `•`, at its old length."""
    text = _CARD.sub(lambda found: found[0] if _is_amount(found[0]) else _hide(found[0]), description)
    text = _PASSWORD.sub(lambda found: found[0][: found.start(1) - found.start()] + _hide(found[1]), text)
    return _SIX.sub(lambda found: found[0] if _is_amount(found[0]) else _hide(found[0]), text)


def _is_amount(digits: str) -> bool:
    """Round thousands: 500000000, 500.000.000. A card with a leading zero never is one."""
    return digits.endswith("000") and not digits.startswith("0")


def _hide(text: str) -> str:
    return re.sub(r"\d", MASK, text)
