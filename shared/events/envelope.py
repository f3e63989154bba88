"""What every event is, and how it travels: CloudEvents 1.0 in NATS headers, a JSON body.

https://github.com/cloudevents/spec/blob/main/cloudevents/bindings/nats-protocol-binding.md (binary mode)
"""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Generic, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class Part(BaseModel):
    """A frozen piece of an event. Readers are tolerant: unknown fields are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Event(Part):
    """Something that happened, in the past tense. A published version never loses or renames a field."""

    type: ClassVar[str]
    """Name on the wire and first part of the subject, such as `requests.submitted`."""
    schema_version: ClassVar[int] = 1
    stream: ClassVar[str]
    """The JetStream stream that keeps it; streams with personal data have a short age."""


AnyEvent_co = TypeVar("AnyEvent_co", bound=Event, covariant=True)


@dataclass(frozen=True, slots=True)
class Received(Generic[AnyEvent_co]):
    """One event as a handler gets it."""

    id: UUID
    """`ce-id`, a UUIDv7; the inbox knows it."""
    subject: str
    """`ce-subject`: a ticket's code, a person's or a place's key."""
    time: datetime
    """`ce-time`: when it happened."""
    correlation: str
    """The trace id that goes through all three services."""
    data: AnyEvent_co


def subject(event: Event, province: str) -> str:
    """Where it is published: `<event>.<province code>`, so that a province can be a partition."""
    return f"{event.type}.{province}"


def headers(event: Event, *, id: UUID, source: str, about: str, time: datetime, correlation: str) -> dict[str, str]:
    """CloudEvents, trace context and the deduplication id, ready for NATS."""
    return {
        "ce-specversion": "1.0",
        "ce-id": str(id),
        "ce-type": event.type,
        "ce-source": f"/caunoi/{source}",
        "ce-subject": about,
        "ce-time": time.isoformat(),
        "ce-dataschema": f"{event.type}/{event.schema_version}",
        "content-type": "application/json",
        "correlation_id": correlation,
        "traceparent": f"00-{correlation}-{id.hex[16:]}-01",
        "Nats-Msg-Id": str(id),
    }
