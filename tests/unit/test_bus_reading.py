"""From headers and bytes to an event, or to the reason why not."""

from datetime import UTC, datetime
from typing import ClassVar
from uuid import UUID

import pytest
import structlog

from shared.events import envelope
from shared.events.envelope import Event
from shared.events.reading import Run, Unreadable, read

ID = UUID("01932f3e-0000-7000-8000-000000000001")


class Noted(Event):
    """For these tests."""

    type: ClassVar[str] = "places.noted"
    stream: ClassVar[str] = "places"
    number: int


TYPES: dict[str, type[Event]] = {"places.noted": Noted}
HEADERS = envelope.headers(
    Noted(number=1),
    id=ID,
    source="assign",
    about="482915307",
    time=datetime(2026, 11, 25, 2, tzinfo=UTC),
    correlation="c" * 32,
)


def test_what_was_written_is_read() -> None:
    event = read(HEADERS, b'{"number": 1}', TYPES)
    assert event is not None
    assert (event.id, event.subject, event.correlation) == (ID, "482915307", "c" * 32)
    assert event.time == datetime(2026, 11, 25, 2, tzinfo=UTC)
    assert event.data == Noted(number=1)


def test_fields_of_a_newer_version_are_ignored() -> None:
    event = read(HEADERS, b'{"number": 1, "colour": "red"}', TYPES)
    assert event is not None
    assert event.data == Noted(number=1)


def test_a_type_we_do_not_listen_to_is_nothing() -> None:
    assert read(HEADERS | {"ce-type": "places.other"}, b"not even JSON", TYPES) is None


@pytest.mark.parametrize(
    ("changes", "body", "why"),
    [
        ({}, b"", "body: json_invalid"),
        ({}, b"\xff\xfe", "body: json_invalid"),
        ({}, b"[]", "body: model_type"),
        ({}, b"{}", "number: missing"),
        ({}, b'{"number": "0905 123 456"}', "number: int_parsing"),
        ({"ce-id": "seven"}, b'{"number": 1}', "header ce-id is no UUID"),
        ({"ce-time": "yesterday"}, b'{"number": 1}', "header ce-time is no time"),
        ({"ce-time": "2026-11-25T09:00:00"}, b'{"number": 1}', "header ce-time has no zone"),
    ],
)
def test_what_cannot_be_read_says_why_and_repeats_nothing(changes: dict[str, str], body: bytes, why: str) -> None:
    with pytest.raises(Unreadable) as error:
        read(HEADERS | changes, body, TYPES)
    assert str(error.value) == why


@pytest.mark.parametrize("missing", ["ce-type", "ce-id", "ce-subject", "ce-time"])
def test_a_missing_header_is_named(missing: str) -> None:
    without = {name: value for name, value in HEADERS.items() if name != missing}
    with pytest.raises(Unreadable, match=f"no header {missing}"):
        read(without, b'{"number": 1}', TYPES)


def test_a_loop_over_a_run_carries_the_trace_of_each_event() -> None:
    events = [read(HEADERS | {"correlation_id": trace}, b'{"number": 1}', TYPES) for trace in ("one", "two")]
    traces = [structlog.contextvars.get_contextvars()["correlation"] for _ in Run([e for e in events if e])]
    structlog.contextvars.clear_contextvars()
    assert traces == ["one", "two"]
