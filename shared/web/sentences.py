"""What is wrong with a value, said so that a person can put it right."""

from collections.abc import Iterable, Mapping
from typing import Any

from shared.web.languages import Translator

_PLACES = {"body", "query", "path", "header", "cookie", "form"}


def validation_errors(errors: Iterable[Mapping[str, Any]], t: Translator) -> dict[str, str]:
    """pydantic's `errors()` as field → sentence, the first for each field; never the value that was sent."""
    sentences: dict[str, str] = {}
    for error in errors:
        field = field_name(error["loc"], error["type"])
        sentences.setdefault(field, sentence(field, error["type"], error.get("ctx") or {}, t))
    return sentences


def field_name(place: tuple[str | int, ...], kind: str) -> str:
    """`("body", "lat")` → `lat`; the whole body, or one that is no JSON, is `body`."""
    if kind == "json_invalid":
        return "body"
    names = place[1:] if place and place[0] in _PLACES else place
    return ".".join(str(name) for name in names) or "body"


def sentence(field: str, kind: str, context: Mapping[str, Any], t: Translator) -> str:
    """`validation.<field>.<kind>` where a room has it, else `validation.<kind>`, else a general one."""
    if kind == "json_invalid":
        kind = "unreadable"
    for key in (f"validation.{field}.{kind}", f"validation.{kind}"):
        if t.has(key):
            return t(key, **context)
    return t("validation.other")
