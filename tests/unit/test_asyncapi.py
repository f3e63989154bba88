"""The AsyncAPI document says every event of a service, with its schema."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from shared.asyncapi import describe_events
from shared.events import EVENTS, PUBLISHERS, STREAMS, tickets
from shared.events.envelope import Event


def document(service: str, listened: Mapping[str, Iterable[type[Event]]]) -> dict[str, Any]:
    return describe_events(service, "nats://somebody:sesame@127.0.0.1:1", listened, "A service", "1")


def names(found: dict[str, Any]) -> Sequence[str]:
    return sorted(name.rsplit(".", 1)[0] for name in found["channels"])


def test_every_stream_has_one_publisher() -> None:
    assert set(PUBLISHERS) == set(STREAMS)


def test_what_a_service_publishes_is_described() -> None:
    mine = [name for name, event in EVENTS.items() if PUBLISHERS[event.stream] == "assign"]
    assert names(document("assign", {})) == sorted(mine)


def test_what_a_service_takes_is_described_with_its_fields() -> None:
    found = document("who publishes nothing", {"tickets": [tickets.Offered, tickets.Accepted]})
    assert names(found) == ["tickets.accepted", "tickets.offered"]
    assert set(tickets.Offered.model_fields) <= set(str(found["components"]["schemas"]).replace("'", " ").split())


def test_the_password_of_the_bus_is_not_told() -> None:
    assert "sesame" not in str(document("assign", {}))
