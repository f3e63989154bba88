"""Golden events: for each published version of an event an example and its schema, as older readers know them.

    python -m tests.contract.golden            writes what is missing
    python -m tests.contract.golden --again    writes all anew; only as long as nothing was released

A change that an older reader could not take needs a new `schema_version`, and readers for both.
"""

import json
import sys
from pathlib import Path
from typing import Any

from shared.events import EVENTS
from shared.events.envelope import Event

FOLDER = Path(__file__).parent / "events"
_TEXTS = {
    "uuid": "01932f3e-0000-7000-8000-000000000001",
    "date-time": "2026-11-25T02:00:00Z",
    "date": "2025-07-01",
}
_VALUES = {"object": {"key": "value"}, "integer": 3, "number": 1.5, "boolean": True}


def file_of(event: type[Event]) -> Path:
    """Where an event's current version lies."""
    return FOLDER / f"{event.type}.v{event.schema_version}.json"


def schema_of(event: type[Event]) -> Any:
    """The schema without words: only what a reader can trip over."""
    return _bare(event.model_json_schema(mode="serialization"))


def example_of(event: type[Event]) -> Any:
    """An example with every field filled."""
    schema = event.model_json_schema(mode="serialization")
    return _example(schema, schema.get("$defs", {}))


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for event in EVENTS.values():
        if "--again" in sys.argv or not file_of(event).exists():
            golden = {"type": event.type, "example": example_of(event), "schema": schema_of(event)}
            file_of(event).write_text(json.dumps(golden, indent=1, ensure_ascii=False, sort_keys=True) + "\n")


def _bare(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_bare(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {key: value for key, value in schema.items() if key not in ("title", "description", "default")}
    for named in ("properties", "$defs"):  # their keys are names, not words of the schema
        if named in kept:
            kept[named] = {name: _bare(one) for name, one in schema[named].items()}
    return {key: value if key in ("properties", "$defs") else _bare(value) for key, value in kept.items()}


def _example(schema: dict[str, Any], definitions: dict[str, Any]) -> Any:
    if "$ref" in schema:
        return _example(definitions[schema["$ref"].rsplit("/", 1)[1]], definitions)
    if "properties" in schema:
        return {name: _example(one, definitions) for name, one in schema["properties"].items()}
    if schema.get("type") == "array":
        return [_example(schema["items"], definitions)]
    if choices := schema.get("anyOf"):
        return _example(choices[0], definitions)
    if values := schema.get("enum"):
        return values[0]
    return _VALUES.get(schema["type"]) or _TEXTS.get(schema.get("format", ""), "Buôn Ê Đê")


if __name__ == "__main__":
    main()
