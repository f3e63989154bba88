"""Telephone numbers and codes within texts, for those who may not see them.

Only the member who accepted gets the resident's number, and only its owner the code that links a chat to a phone.
"""

import re

from services.notify.linking.codes import DIGITS, LENGTH, LETTERS
from shared.vietnam.phones import masked

_LINK_CODE = re.compile(rf"\b(?=[A-Z]*\d)(?=\d*[A-Z])[{LETTERS}{DIGITS}]{{{LENGTH}}}\b")
_NUMBER = re.compile(r"(?<!\d)(?:\+84|0)\d(?:[ .]?\d){7,9}(?!\d)")


def without_numbers(text: str) -> str:
    """The text with each telephone number cut to its last three digits, and without codes that link a chat."""
    text = _LINK_CODE.sub("•" * LENGTH, text)
    return _NUMBER.sub(lambda found: masked(re.sub(r"\D", "", found.group())), text)
