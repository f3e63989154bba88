"""NATS JetStream as the bus needs it: nobody else speaks to it, and nothing here knows what is promised."""

from shared.jetstream.message import Message, held
from shared.jetstream.streams import BusAway, Missing, Streams, StreamState

__all__ = ["BusAway", "Message", "Missing", "StreamState", "Streams", "held"]
