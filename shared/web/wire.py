"""JSON as it leaves: times are RFC 3339 in UTC with `Z`."""

from typing import Any

import orjson
from fastapi import Response

_OPTIONS = orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS


class WireResponse(Response):
    """An answer of plain values, times and ids, encoded once."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        return orjson.dumps(content, option=_OPTIONS)


def plain(content: Any) -> Any:
    """The same as JSON values, to be put into something else."""
    return orjson.loads(orjson.dumps(content, option=_OPTIONS))
