"""Where a page of a list ends, as a caller brings it back: ours is read, all else is a 422."""

import base64
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from services.assign.tickets.cursor import read_cursor, write_cursor
from shared.web.problems import Problem

CODE = "733299292"


def encoded(said: str) -> str:
    return base64.urlsafe_b64encode(said.encode()).decode()


def test_what_is_written_is_read() -> None:
    at = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
    last: Any = SimpleNamespace(submitted_at=at, code=CODE)
    assert read_cursor(write_cursor(last)) == (at, CODE)


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        "Tổ",
        encoded("|"),
        encoded(f"yesterday|{CODE}"),
        encoded(f"2026-11-25T02:00:00|{CODE}"),
        encoded("2026-11-25T02:00:00+00:00|no code"),
        encoded(f"0001-01-01T00:00:00+14:00|{CODE}"),
        encoded(f"9999-12-31T23:59:59-14:00|{CODE}"),
    ],
)
def test_what_we_did_not_write_is_refused(cursor: str) -> None:
    with pytest.raises(Problem) as refused:
        read_cursor(cursor)
    assert (refused.value.status, list(refused.value.errors)) == (422, ["cursor"])
