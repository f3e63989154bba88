"""The AsyncAPI document says every event of a service, with its schema."""

from collections.abc import Sequence
from typing import Any

from faststream.nats import NatsBroker
from faststream.specification import AsyncAPI

from shared.asyncapi import describe_listened, describe_published
from shared.events import EVENTS, PUBLISHERS, STREAMS, tickets


def document(broker: NatsBroker) -> Any:
    return AsyncAPI(broker, title="A service", version="1").to_specification().to_jsonable()


def names(found: dict[str, Any]) -> Sequence[str]:
    return sorted(name.rsplit(".", 1)[0] for name in found["channels"])


def test_every_stream_has_one_publisher() -> None:
    assert set(PUBLISHERS) == set(STREAMS)


def test_what_a_service_publishes_is_described() -> None:
    broker = NatsBroker("nats://127.0.0.1:1")
    describe_published(broker, "assign")
    mine = [name for name, event in EVENTS.items() if PUBLISHERS[event.stream] == "assign"]
    assert names(document(broker)) == sorted(mine)


def test_what_a_service_takes_is_described_with_its_fields() -> None:
    broker = NatsBroker("nats://127.0.0.1:1")
    describe_listened(broker, "tickets", [tickets.Offered, tickets.Accepted])
    found = document(broker)
    assert names(found) == ["tickets.accepted", "tickets.offered"]
    assert set(tickets.Offered.model_fields) <= set(str(found["components"]["schemas"]).replace("'", " ").split())
