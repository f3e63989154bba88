"""From a message to an event: CloudEvents headers and a JSON body. One that cannot be read spoils no other."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, overload
from uuid import UUID

import structlog
from pydantic import ValidationError

from shared.events.envelope import Event, Received


class Unreadable(Exception):
    """Why a message is no event that we know how to read; without anything a person wrote."""


class Run(Sequence[Received[Any]]):
    """Events as a handler gets them. In a loop over them, logs and what is published carry each event's trace."""

    def __init__(self, events: Sequence[Received[Any]]) -> None:
        self._events = events

    def __len__(self) -> int:
        return len(self._events)

    @overload
    def __getitem__(self, index: int) -> Received[Any]: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Received[Any]]: ...
    def __getitem__(self, index: int | slice) -> Received[Any] | Sequence[Received[Any]]:
        return self._events[index]

    def __iter__(self) -> Iterator[Received[Any]]:
        for event in self._events:
            structlog.contextvars.bind_contextvars(**_trace(event))  # the listener unbinds them after the last
            yield event


def traced(event: Received[Any]) -> AbstractContextManager[None]:
    """Logs and published events carry this event's trace meanwhile."""
    return structlog.contextvars.bound_contextvars(**_trace(event))


def read(headers: Mapping[str, str], body: bytes, types: Mapping[str, type[Event]]) -> Received[Any] | None:
    """The event; None for a type we do not listen to; raises `Unreadable`."""
    kind = types.get(_header(headers, "ce-type"))
    if kind is None:
        return None
    id = _uuid(_header(headers, "ce-id"))
    time = _time(_header(headers, "ce-time"))
    subject = _header(headers, "ce-subject")
    try:
        data = kind.model_validate_json(body)
    except ValidationError as error:
        raise Unreadable(_what_is_wrong(error)) from None
    return Received(id, subject, time, headers.get("correlation_id") or id.hex, data)


def _trace(event: Received[Any]) -> dict[str, str]:
    return {"correlation": event.correlation, "code": event.subject}


def _header(headers: Mapping[str, str], name: str) -> str:
    if name not in headers:
        raise Unreadable(f"no header {name}")
    return headers[name]


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Unreadable("header ce-id is no UUID") from None


def _time(text: str) -> datetime:
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        raise Unreadable("header ce-time is no time") from None
    if time.tzinfo is None:
        raise Unreadable("header ce-time has no zone")
    return time


def _what_is_wrong(error: ValidationError) -> str:
    """Places and kinds of error only: pydantic's own text repeats what was written."""
    found = error.errors(include_input=False, include_context=False, include_url=False)
    return "; ".join(f"{'.'.join(map(str, one['loc'])) or 'body'}: {one['type']}" for one in found[:5])
