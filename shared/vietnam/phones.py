"""Vietnamese telephone numbers, in any way a person writes them.

Mobile numbers, nearly all there are, are known by a pattern; for the rest `phonenumbers` is asked, loaded only then.
Its plan is Vietnam's of November 2026 (`phonenumbers` 9.0.43); a test compares the pattern with it, prefix by prefix.
"""

import re

_COUNTRY = "84"
_SEPARATORS = re.compile(r"[\s.\-()/\u00ad\u200b-\u200f\u2010-\u2015\u202a-\u202e\u2060\ufeff]+")
_MOBILE = re.compile(
    r"(?:3\d|5[1689]|7[06-9]|8[1-8]|9[0-8])\d{7}|(?:5(?:2[238]|59)|89[6-9]|99[013-9])\d{6}",
    re.ASCII,
)
_TWO_CITIES = ("024", "028")  # Hà Nội and Thành phố Hồ Chí Minh: shorter area codes, longer numbers
_MOBIFONE_VINAPHONE = tuple(f"12{digit}" for digit in "0123456789")
_RENUMBERED_2018 = {
    **dict(zip(_MOBIFONE_VINAPHONE, ("70", "79", "77", "83", "84", "85", "76", "81", "78", "82"), strict=True)),
    **{f"16{old}": f"3{old}" for old in "23456789"},
    "186": "56",
    "188": "58",
    "199": "59",
}


def parse_phone(text: str) -> str | None:
    """E.164, such as `+84905123456`, of a number that a person in Vietnam can have; else None.

    Taken: `0905 123 456`, `+84 (0)905-123-456`, `0084905123456`, `84905123456`, `905123456` (a spreadsheet dropped the
    zero), landlines with their area code. Not taken: other countries, short codes, numbers that cost the caller
    (1900) or belong to companies (1800), numbers from before the changes of 2017 and 2018 (see `renumbered`).
    """
    national = _national(text)
    if national is None:
        return None
    return f"+{_COUNTRY}{national}" if _MOBILE.fullmatch(national) or _is_personal(national) else None


def renumbered(text: str) -> str | None:
    """Today's E.164 of an 11-digit mobile number from before November 2018, for a form to propose; else None.

    Never put in the place of what was typed: `01234567890` is more often a joke than an old number.
    """
    national = _national(text)
    if national is None or len(national) != 10 or national[:3] not in _RENUMBERED_2018:
        return None
    return f"+{_COUNTRY}{_RENUMBERED_2018[national[:3]]}{national[3:]}"


def masked(phone: str) -> str:
    """The last three digits alone: what logs and those without the right to the number may see."""
    return f"•••{phone[-3:]}"


def spoken(phone: str) -> str:
    """An E.164 number as people here write it: `0905 123 456`, `024 3825 1234`, `0262 3852 123`."""
    local = "0" + phone.removeprefix(f"+{_COUNTRY}")
    if len(local) == 10:
        area, middle = 4, 7
    else:
        area, middle = (3, 7) if local.startswith(_TWO_CITIES) else (4, 8)
    return f"{local[:area]} {local[area:middle]} {local[middle:]}"


def _national(text: str) -> str | None:
    """The digits after the country's code or the leading zero; None where it is another country's or no number."""
    digits = _SEPARATORS.sub("", text)
    abroad = digits.startswith(("+", "00"))
    digits = digits.removeprefix("+") if digits.startswith("+") else digits.removeprefix("00")
    if not (digits.isascii() and digits.isdigit()):
        return None
    if digits.startswith(_COUNTRY) and (abroad or len(digits) > 10):
        return digits.removeprefix(_COUNTRY).removeprefix("0")
    return None if abroad else digits.removeprefix("0")


def _is_personal(national: str) -> bool:
    """Whether the numbering plan has it as a mobile, fixed or internet line."""
    from phonenumbers import PhoneNumber, PhoneNumberType, is_valid_number, number_type

    if not 9 <= len(national) <= 10:
        return False
    number = PhoneNumber(country_code=int(_COUNTRY), national_number=int(national))
    kinds = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE, PhoneNumberType.VOIP)
    return is_valid_number(number) and number_type(number) in kinds
