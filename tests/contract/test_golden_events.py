"""A published version of an event stays readable, in both directions.

Old messages wait in streams and outboxes for days, and processes of two versions run side by side during a rollout.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from shared.events import EVENTS, STREAMS
from shared.events.envelope import Event
from tests.contract.golden import FOLDER, file_of, schema_of

GOLDEN = sorted(FOLDER.glob("*.json"))


@pytest.mark.parametrize("event", EVENTS.values(), ids=list(EVENTS))
def test_every_event_has_a_golden_file_of_its_version(event: type[Event]) -> None:
    assert file_of(event).exists(), "run: python -m tests.contract.golden"


@pytest.mark.parametrize("file", GOLDEN, ids=lambda file: file.stem)
def test_what_an_older_writer_wrote_is_read_with_nothing_lost(file: Path) -> None:
    """So a new field has a default, and no field went away or means something else."""
    golden = json.loads(file.read_text())
    read = EVENTS[golden["type"]].model_validate_json(json.dumps(golden["example"]))
    assert_holds(json.loads(read.model_dump_json()), golden["example"])


@pytest.mark.parametrize("file", GOLDEN, ids=lambda file: file.stem)
def test_an_older_reader_can_take_what_is_written_now(file: Path) -> None:
    """Each field that it knows still is there, of the same type, with no value that it does not know."""
    golden = json.loads(file.read_text())
    assert refused(golden["schema"], schema_of(EVENTS[golden["type"]])) == []


@pytest.mark.parametrize("event", EVENTS.values(), ids=list(EVENTS))
def test_every_event_says_where_it_goes_and_what_it_is(event: type[Event]) -> None:
    assert event.stream in STREAMS
    assert event.__doc__
    assert event.model_config.get("extra") == "ignore"
    assert event.type.split(".")[0] in (event.stream, "clocks")


OLD = {"properties": {"code": {"type": "string"}, "level": {"enum": ["a", "b"]}}, "required": ["code", "level"]}


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"code": {"type": "integer"}}, "code"),
        ({"code": {"anyOf": [{"type": "string"}, {"type": "null"}]}}, "code"),
        ({"level": {"enum": ["a", "b", "c"]}}, "level"),
    ],
)
def test_the_test_refuses_a_change_of_a_known_field(change: dict[str, Any], why: str) -> None:
    assert refused(OLD, OLD | {"properties": OLD["properties"] | change}) == [why]


def test_the_test_refuses_a_field_that_went_away() -> None:
    assert refused(OLD, {"properties": {"code": {"type": "string"}}}) == ["level"]


def test_the_test_takes_a_new_field() -> None:
    assert refused(OLD, OLD | {"properties": OLD["properties"] | {"colour": {"type": "string"}}}) == []


def refused(old: Any, new: Any) -> list[str]:
    """The fields, also of parts, that an older reader would not find as it knows them."""
    parts = [("", old, new)]
    parts += [(f"{name}.", one, new.get("$defs", {}).get(name, {})) for name, one in old.get("$defs", {}).items()]
    wrong: list[str] = []
    for name, before, after in parts:
        known = before.get("properties")
        if known is None:
            wrong += [] if before == after else [name.rstrip(".")]
        else:
            now = after.get("properties", {})
            wrong += [name + field for field, one in known.items() if now.get(field) != one]
    return wrong


def assert_holds(new: Any, old: Any) -> None:
    """Everything that stands in `old` stands in `new`."""
    if isinstance(old, dict):
        for key, value in old.items():
            assert key in new
            assert_holds(new[key], value)
    else:
        assert new == old
