"""JSON as it leaves: times are RFC 3339 in UTC with `Z`."""

from typing import Any
from uuid import UUID

import orjson
from fastapi import Response

_OPTIONS = orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS


class WireResponse(Response):
    """An answer of plain values, times and ids, encoded once."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        return orjson.dumps(content, default=_other, option=_OPTIONS)


def plain(content: Any) -> Any:
    """The same as JSON values, to be put into something else."""
    return orjson.loads(orjson.dumps(content, default=_other, option=_OPTIONS))


def _other(value: Any) -> str:
    """The database driver has a UUID class of its own, which orjson does not know."""
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no shape on the wire")
