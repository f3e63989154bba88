"""What Prometheus reads at `/metrics`: one registry a process, names start with `caunoi_`."""

from prometheus_client import CONTENT_TYPE_LATEST, Counter, Gauge, Histogram, generate_latest
from starlette.requests import Request
from starlette.responses import Response

SECONDS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)

REQUESTS = Counter("caunoi_http_requests_total", "HTTP requests answered", ["method", "status"])
CYCLE_RUNS = Counter("caunoi_cycle_runs_total", "Runs of each cycle", ["cycle", "outcome"])

__all__ = ["CYCLE_RUNS", "REQUESTS", "SECONDS", "Counter", "Gauge", "Histogram", "metrics_page"]


async def metrics_page(_: Request) -> Response:
    """The Prometheus exposition of this process."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
