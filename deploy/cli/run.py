"""`caunoi run SERVICE`: one service against NATS_URL and DATABASE_URL. What supervisor and containers both call."""

import os
from pathlib import Path

from deploy.local.failures import WrongUsage
from deploy.local.postgres import SERVICES


def run(service: str) -> None:
    """Serve until told to stop."""
    if service not in SERVICES:
        raise WrongUsage(f"There is no service '{service}'. Services: {', '.join(SERVICES)}.")
    if service == "assign":
        _provide_sample(os.environ.get("SAMPLE", ""))
    from shared.service import serve

    serve(service)


def _provide_sample(name: str) -> None:
    """Lay the sample's files where assign looks for them; it knows how they are read, not how they are made."""
    if not name:
        return
    from deploy.sample.provide import NAMES, provide

    if name not in NAMES:
        raise WrongUsage(f"There is no sample '{name}'. Set SAMPLE to {' or '.join(NAMES)}, or leave it empty.")
    provide(Path(os.environ.get("CAUNOI_HOME", ".caunoi")) / "sample" / name)
