"""What Prometheus reads of messages."""

from shared.telemetry import Counter, Gauge

MESSAGES = Counter("caunoi_messages_total", "What became of messages", ["channel", "state"])
MESSAGE_PARTS = Counter("caunoi_message_parts_total", "SMS parts that cost something", ["channel"])
MESSAGE_PRICE = Counter("caunoi_message_price_vnd_total", "What messages cost, đồng", ["channel"])
CHANNEL_OPEN = Gauge("caunoi_channel_broken", "1 while a channel does not work and is left alone", ["channel"])


def count(channel: str, state: str, messages: int) -> None:
    """So many messages came to an end, or to the next stop on their way."""
    if messages:
        MESSAGES.labels(channel, state).inc(messages)
