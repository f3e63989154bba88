"""A ticket's public name: nine digits, spoken in threes, random, the last a check digit.

The check digit is Damm's (H. M. Damm, "Total anti-symmetrische Quasigruppen", 2004): it finds every single wrong digit
and every swap of two neighbours, so a mistyped code is refused and never another person's ticket.
"""

import secrets

DIGITS = 9
_DAMM = (
    "0317598642",
    "7092154863",
    "4206871359",
    "1750983426",
    "6123045978",
    "3674209581",
    "5869720134",
    "8945362017",
    "9438617205",
    "2581436790",
)
_SEPARATORS = str.maketrans("", "", " .-\u00a0\u202f")


def new_code() -> str:
    """Nine digits such as `482915307`; never starts with 0, so that nobody drops its head."""
    body = str(secrets.randbelow(9 * 10 ** (DIGITS - 2)) + 10 ** (DIGITS - 2))
    return body + _check_digit(body)


def parse_code(text: str) -> str | None:
    """The code a person typed, with spaces, dots or hyphens; None where it cannot be one."""
    code = text.strip().translate(_SEPARATORS)
    if len(code) != DIGITS or not (code.isascii() and code.isdigit()) or code[0] == "0":
        return None
    return code if _check_digit(code[:-1]) == code[-1] else None


def spoken(code: str) -> str:
    """`482 915 307`: as one reads it aloud."""
    return f"{code[:3]} {code[3:6]} {code[6:]}"


def _check_digit(body: str) -> str:
    interim = 0
    for digit in body:
        interim = int(_DAMM[interim][int(digit)])
    return str(interim)
