"""What the AsyncAPI page says of a service: every event it listens to and every event it publishes, with schemas.

Made when somebody asks, by a broker that never connects: thirty descriptions take longer than all else at a start.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

from faststream.nats import JStream, NatsBroker
from faststream.specification import AsyncAPI

from shared.events import EVENTS, PUBLISHERS
from shared.events.envelope import Event


def describe_events(
    service: str, url: str, listened: Mapping[str, Iterable[type[Event]]], title: str, version: str
) -> dict[str, Any]:
    """AsyncAPI 3.0 as JSON. `url` of the bus; `listened`: by stream."""
    broker = NatsBroker(url, logger=None)
    _describe_published(broker, service)
    for stream, events in listened.items():
        _describe_listened(broker, stream, events)
    return AsyncAPI(broker, title=title, version=version).to_specification().to_jsonable()


def _describe_published(broker: NatsBroker, service: str) -> None:
    """Every event of the streams that this service alone publishes to."""
    for event in EVENTS.values():
        if PUBLISHERS[event.stream] == service:
            broker.publisher(_subject(event), schema=event, title=f"{event.type}.published", description=event.__doc__)


def _describe_listened(broker: NatsBroker, stream: str, events: Iterable[type[Event]]) -> None:
    """Events that this service takes from one stream."""
    for event in events:
        place = JStream(stream, declare=False)
        listen = broker.subscriber(
            _subject(event), stream=place, title=f"{event.type}.taken", description=event.__doc__
        )
        listen(_reader(event))


def _subject(event: type[Event]) -> str:
    return f"{event.type}.{{province}}"


def _reader(event: type[Event]) -> Callable[..., Awaitable[None]]:
    """FastStream reads the schema from a function's annotations; the listener does the taking."""

    async def take(body: object) -> None: ...

    take.__annotations__["body"] = event
    return take
