"""What went wrong, told without what a person wrote: for logs and for reasons that are kept.

An error's message holds values: a row's parameters, PostgreSQL's DETAIL, pydantic's `input_value`, the text that is no
number. Its kind, a code, a constraint's name and the place say as much to whoever mends it.
"""

import re

from pydantic import ValidationError
from sqlalchemy.exc import DBAPIError

LONGEST = 200
_NAME_OF_OURS = re.compile("'[a-z_]+'")
"""All that a KeyError says: a key of our own."""
_QUOTED = re.compile("""["'].*["']""", re.DOTALL)
_DIGITS = re.compile(r"\+?\d[\d .-]{6,}\d")


def said(error: BaseException) -> str:
    """The error's message as far as it holds no values."""
    if isinstance(error, ValidationError):
        kinds = sorted({found["type"] for found in error.errors(include_input=False, include_context=False)})
        return f"{error.error_count()} fields of {error.title}: {', '.join(kinds)}"
    if isinstance(error, DBAPIError):
        driver = (error.orig and error.orig.__cause__) or error.orig
        return " ".join([type(driver).__name__, *_codes(driver)])
    if codes := _codes(error):
        return " ".join(codes)
    message = error.message if isinstance(error, BaseExceptionGroup) else str(error)
    return message if _NAME_OF_OURS.fullmatch(message) else _DIGITS.sub("…", _QUOTED.sub("…", message))[:LONGEST]


def without_values(error: BaseException) -> BaseException:
    """A likeness of the error to be shown instead: the same kind, place and causes, with what `said` says."""
    return _likeness(error, {})


def _codes(error: BaseException | None) -> list[str]:
    """SQLSTATE and the names that PostgreSQL gives with it; nothing where the error is not PostgreSQL's."""
    state = getattr(error, "sqlstate", None)
    places = [getattr(error, f"{place}_name", None) for place in ("table", "column", "constraint")]
    return [code for code in (state, *places) if code] if state else []


def _likeness(error: BaseException, known: dict[int, BaseException]) -> BaseException:
    """`known` has those already made, by the errors' ids: an error may be its own cause's context."""
    if id(error) in known:
        return known[id(error)]
    known[id(error)] = like = _same_kind(error, known)
    if error.__context__ is not None:
        like.__context__ = _likeness(error.__context__, known)
    if error.__cause__ is not None:
        like.__cause__ = _likeness(error.__cause__, known)
    like.__suppress_context__ = error.__suppress_context__
    return like.with_traceback(error.__traceback__)


def _same_kind(error: BaseException, known: dict[int, BaseException]) -> BaseException:
    kind = type(error)
    names = {"__module__": kind.__module__, "__qualname__": kind.__qualname__}
    if isinstance(error, BaseExceptionGroup):
        parts = [_likeness(part, known) for part in error.exceptions]
        return type(kind.__name__, (BaseExceptionGroup,), names)(said(error), parts)
    return type(kind.__name__, (Exception,), names)(said(error))
