"""Types for values that strangers send: clean text, points on the earth."""

import unicodedata
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

_KEPT_CONTROLS = {"\n", "\t"}
_REORDERING = {chr(point) for point in (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF, 0xFFFE, 0xFFFF)}


def clean_text(text: str) -> str:
    """NFC, one kind of line end, no control characters, nothing that turns the reading order, no blank ends.

    PydanticCustomError `text_nul` for NUL (PostgreSQL cannot keep it), `string_unicode` for a lone surrogate.
    """
    if "\x00" in text:
        raise PydanticCustomError("text_nul", "NUL is not text")
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise PydanticCustomError("string_unicode", "a lone surrogate is not text")
    one_line_end = text.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", "".join(filter(_is_kept, one_line_end))).strip()


def one_line(text: str) -> str:
    """Clean text on one line, single spaces: a name, a number."""
    return " ".join(clean_text(text).split())


def _is_kept(character: str) -> bool:
    if unicodedata.category(character) == "Cc":
        return character in _KEPT_CONTROLS
    return character not in _REORDERING


def _not_empty(text: str) -> str:
    if not text:
        raise PydanticCustomError("text_empty", "empty")
    return text


def _no_truth(value: Any) -> Any:  # Any: whatever JSON holds
    if isinstance(value, bool):
        raise PydanticCustomError("float_type", "a truth value is not a number")
    return value


CleanText = Annotated[str, AfterValidator(clean_text)]
"""Text over several lines; limit it with `Annotated[CleanText, Field(max_length=…)]`, counted after cleaning."""

FilledText = Annotated[CleanText, AfterValidator(_not_empty)]
"""Clean text with something in it."""

CleanLine = Annotated[str, StringConstraints(max_length=4000), AfterValidator(one_line)]
"""Text on one line."""

Latitude = Annotated[float, BeforeValidator(_no_truth), Field(ge=-90, le=90, allow_inf_nan=False)]
"""Degrees, WGS 84."""

Longitude = Annotated[float, BeforeValidator(_no_truth), Field(ge=-180, le=180, allow_inf_nan=False)]
"""Degrees, WGS 84."""
