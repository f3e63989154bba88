"""`/docs` and `/asyncapi`: what a service answers, and what it says and hears on the bus. For engineers: in English."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse

from shared.web.templates import Templates

Document = Mapping[str, Any]
_templates = Templates()


def install_docs(app: FastAPI, describe_events: Callable[[], Document]) -> None:
    """Add `/docs` (over `/openapi.json`), `/asyncapi` and `/asyncapi.json`; `describe_events` gives AsyncAPI 3.0."""

    @app.get("/docs", include_in_schema=False)
    async def docs(request: Request) -> HTMLResponse:
        return _templates.render(request, "docs.html", name=app.title)

    @app.get("/asyncapi", include_in_schema=False)
    async def asyncapi(request: Request) -> HTMLResponse:
        document = describe_events()
        return _templates.render(
            request, "asyncapi.html", name=app.title, events=events_in(document), shapes=shapes_in(document)
        )

    @app.get("/asyncapi.json", include_in_schema=False)
    async def asyncapi_json() -> JSONResponse:
        return JSONResponse(describe_events())


@dataclass(frozen=True)
class Field:
    """One member of an event or of a part of it. `types` are words; one that names a shape links to it."""

    name: str
    types: Sequence[str]
    is_required: bool
    text: str


@dataclass(frozen=True)
class Shape:
    name: str
    text: str
    fields: Sequence[Field]


@dataclass(frozen=True)
class EventShown:
    """What is sent or taken on one subject."""

    subject: str
    is_sent: bool
    text: str
    shape: Shape


def events_in(document: Document) -> list[EventShown]:
    """The document's operations, what is sent first, each with the shape of its body."""
    shapes = {shape.name: shape for shape in shapes_in(document)}
    shown: list[EventShown] = []
    for operation in document["operations"].values():
        channel = _at(document, operation["channel"])
        message = _at(document, next(iter(channel["messages"].values())))
        shape = shapes[_last(message["payload"]["$ref"])]
        text = channel.get("description") or shape.text
        shown.append(EventShown(channel["address"], operation["action"] == "send", text, shape))
    return sorted(shown, key=lambda event: (not event.is_sent, event.subject))


def shapes_in(document: Document) -> list[Shape]:
    """Every schema of the document, by name."""
    schemas = document["components"]["schemas"]
    return [_shape(name, schemas[name]) for name in sorted(schemas)]


def _shape(name: str, schema: Document) -> Shape:
    required = set(schema.get("required", ()))
    fields = [
        Field(member, _types(inner), member in required, inner.get("description", ""))
        for member, inner in schema.get("properties", {}).items()
    ]
    return Shape(name, schema.get("description", ""), fields)


def _types(schema: Document) -> list[str]:
    if "$ref" in schema:
        return [_last(schema["$ref"])]
    if options := schema.get("anyOf") or schema.get("oneOf"):
        return [word for option in options for word in _types(option)]
    if "enum" in schema or "const" in schema:
        return [f'"{value}"' for value in schema.get("enum", [schema.get("const")])]
    if schema.get("type") == "array":
        return ["list of", *_types(schema.get("items", {}))]
    return [schema.get("format") or schema.get("type", "anything")]


def _at(document: Document, reference: Document) -> Document:
    """What `{"$ref": "#/channels/tickets.offered"}` stands for; what is no reference stands for itself."""
    if "$ref" not in reference:
        return reference
    found: Any = document
    for step in reference["$ref"].removeprefix("#/").split("/"):
        found = found[step]
    return found


def _last(reference: str) -> str:
    return reference.rpartition("/")[2]
