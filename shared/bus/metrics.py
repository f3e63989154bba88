"""What Prometheus learns of the bus."""

from shared.telemetry import SECONDS, Counter, Gauge, Histogram

PUBLISHED = Counter("caunoi_events_published_total", "Events acknowledged by the bus", ["stream"])
HANDLED = Counter("caunoi_events_handled_total", "Events that had their effect", ["consumer"])
REPEATED = Counter("caunoi_events_repeated_total", "Events that had had their effect before", ["consumer"])
DEAD = Counter("caunoi_events_dead_total", "Messages put among the dead letters", ["consumer"])
OWED_AGAIN = Counter("caunoi_events_owed_again_total", "Events that the bus had lost", ["stream"])
PENDING = Gauge("caunoi_consumer_pending", "Events that wait for a consumer", ["consumer"])
RELAYED = Histogram("caunoi_relay_seconds", "From an event's commit to the bus's acknowledgement", buckets=SECONDS)
BATCHES = Histogram(
    "caunoi_batch_events", "Events handled in one transaction", ["consumer"], buckets=(1, 2, 5, 10, 20, 50, 100)
)
