"""Telephone numbers within texts, for those who may not see them: only the member who accepted gets the resident's."""

import re

from shared.vietnam.phones import masked

_NUMBER = re.compile(r"(?<!\d)(?:\+84|0)\d(?:[ .]?\d){7,9}(?!\d)")


def without_numbers(text: str) -> str:
    """The text with each telephone number cut to its last three digits."""
    return _NUMBER.sub(lambda found: masked(re.sub(r"\D", "", found.group())), text)
