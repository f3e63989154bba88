"""`caunoi run SERVICE`: one service against NATS_URL and DATABASE_URL. What supervisor and containers both call."""

from deploy.local.failures import CannotStart
from deploy.local.postgres import SERVICES


def run(service: str) -> None:
    """Serve until told to stop."""
    if service not in SERVICES:
        raise CannotStart(f"There is no service '{service}'. Services: {', '.join(SERVICES)}.")
    from shared.service import serve

    serve(service)
