"""`caunoi healthy SERVICE`: does it say of itself that it is ready? A container asks every few seconds."""

import os

from deploy.local.failures import CannotStart
from deploy.local.http import Client


def healthy(service: str) -> None:
    """Raise `CannotStart` with what it says, where that is not "ok"; what its neighbours lack is not its illness."""
    answer = Client(f"http://127.0.0.1:{os.environ['HTTP_PORT']}").get("/readyz")
    said = answer.body.get(service) if isinstance(answer.body, dict) else "It does not answer."
    if said != "ok":
        raise CannotStart(f"{service}: {said}")
