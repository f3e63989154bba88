"""What Prometheus reads at `/metrics`: one registry a process, names start with `caunoi_`."""

from prometheus_client import CONTENT_TYPE_LATEST, Counter, Gauge, Histogram, generate_latest
from starlette.requests import Request
from starlette.responses import Response

SECONDS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)

REQUESTS = Counter("caunoi_http_requests_total", "HTTP requests answered", ["method", "status"])
CYCLE_RUNS = Counter("caunoi_cycle_runs_total", "Runs of each cycle", ["cycle", "outcome"])

EVENTS_PUBLISHED = Counter("caunoi_events_published_total", "Events acknowledged by the bus", ["stream"])
EVENTS_OWED_AGAIN = Counter("caunoi_events_owed_again_total", "Events that the bus had lost", ["stream"])
EVENTS_HANDLED = Counter("caunoi_events_handled_total", "Events that had their effect", ["consumer"])
EVENTS_REPEATED = Counter("caunoi_events_repeated_total", "Events that had had their effect before", ["consumer"])
EVENTS_DEAD = Counter("caunoi_events_dead_total", "Messages put among the dead letters", ["consumer"])
EVENTS_PENDING = Gauge("caunoi_events_pending", "Events that wait for a consumer", ["consumer"])
EVENTS_OWED = Gauge("caunoi_events_owed", "Events that the relay found owed at its last look")
RELAY_SECONDS = Histogram("caunoi_relay_seconds", "From commit to the bus's acknowledgement", buckets=SECONDS)
BATCH_EVENTS = Histogram(
    "caunoi_batch_events", "Events in one transaction", ["consumer"], buckets=(1, 2, 5, 10, 50, 100)
)

__all__ = ["CYCLE_RUNS", "REQUESTS", "SECONDS", "Counter", "Gauge", "Histogram", "metrics_page"]


async def metrics_page(_: Request) -> Response:
    """The Prometheus exposition of this process."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
