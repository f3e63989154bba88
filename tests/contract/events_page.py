"""docs/events.md is made from the events themselves: `python -m tests.contract.events_page` writes it."""

import inspect
from collections.abc import Mapping
from pathlib import Path
from types import UnionType
from typing import Any, get_args, get_origin

from pydantic.fields import FieldInfo

from shared.events import EVENTS, STREAMS, SUBJECTS
from shared.events.envelope import Event

PAGE = Path(__file__).parents[2] / "docs" / "events.md"
PUBLISHERS = {
    "requests": "intake",
    "tickets": "assign",
    "people": "assign",
    "places": "assign",
    "messages": "notify",
    "replies": "notify",
}
PERSONAL = {"requests", "people", "replies"}
HEAD = """# Events

Made from `shared/events/`; `tests/contract` keeps this page and the classes alike. On the wire: CloudEvents 1.0 in NATS
headers (`ce-id`, `ce-type`, `ce-source`, `ce-subject`, `ce-time`, `ce-dataschema`), W3C `traceparent`, `Nats-Msg-Id` =
`ce-id`, a JSON body. The subject is `<event>.<province code>`. Readers ignore unknown fields; a published version keeps
its fields for ever (`tests/contract/events/`). Order is a courtesy: nobody may rely on it.
"""


def page() -> str:
    """The whole page."""
    return "\n".join([HEAD, *(_stream(stream) for stream in STREAMS)])


def _stream(stream: str) -> str:
    subjects = ", ".join(f"`{subject}`" for subject in SUBJECTS[stream])
    personal = " Holds personal data: a stream of its own, with a short age." if stream in PERSONAL else ""
    events = [event for event in EVENTS.values() if event.stream == stream]
    said = f"## {stream}\n\nPublished by {PUBLISHERS[stream]} on {subjects}.{personal}\n"
    bases = dict.fromkeys(event.__mro__[1] for event in events if event.__mro__[1] is not Event)
    return "\n".join([said, *(_base(base) for base in bases), *(_event(event) for event in events)])


def _base(base: type[Any]) -> str:
    """What all events of a kind say."""
    return f"**{base.__name__}.** {inspect.cleandoc(base.__doc__ or '')}\n\n{_table(base.model_fields)}"


def _event(event: type[Event]) -> str:
    parent = event.__mro__[1]
    common = f" And what every `{parent.__name__}` says." if parent is not Event else ""
    own = {
        name: field for name, field in event.model_fields.items() if parent is Event or name not in parent.model_fields
    }
    return f"### {event.type}\n\n{inspect.cleandoc(event.__doc__ or '')}{common}\n\n{_table(own)}"


def _table(fields: Mapping[str, FieldInfo]) -> str:
    rows = [f"| `{name}` | {_kind(field)} |" for name, field in fields.items()]
    return "\n".join(["| field | kind |", "| --- | --- |", *rows]) + "\n" if rows else ""


def _kind(field: FieldInfo) -> str:
    said = _name(field.annotation).replace("|", "\\|")
    return said if field.is_required() else f"{said}, may be missing"


def _name(kind: Any) -> str:
    if kind is type(None):
        return "null"
    origin, parts = get_origin(kind), get_args(kind)
    if origin is UnionType or str(origin) == "typing.Union":
        return " | ".join(_name(part) for part in parts)
    if str(origin) == "typing.Literal":
        return " | ".join(f"`{part}`" for part in parts)
    if parts:
        return f"{origin.__name__} of {', '.join(_name(part) for part in parts)}"
    return getattr(kind, "__name__", str(kind))


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
