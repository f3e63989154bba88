"""Which servers the tests run against: SERVERS=containers or embedded; else containers where they can be had."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import pytest

from tests.support.servers import NatsServer, PostgresServer


@dataclass(frozen=True)
class Servers:
    """One kind of both servers."""

    kind: str
    postgres: Callable[..., PostgresServer]
    nats: Callable[..., NatsServer]


EMBEDDED = Servers("embedded", PostgresServer, NatsServer)


@cache
def chosen_servers() -> Servers:
    """As SERVERS says. Containers that were asked for and cannot be had end the run: nothing is skipped for them."""
    asked = os.environ.get("SERVERS", "")
    if asked not in {"", "containers", "embedded"}:
        raise pytest.UsageError(f"SERVERS is '{asked}'; it may be containers or embedded.")
    if asked == "embedded":
        return EMBEDDED
    from tests.support.containers import ContainerNats, ContainerPostgres, why_not

    reason = why_not()
    if reason and asked:
        raise pytest.UsageError(f"SERVERS=containers, but: {reason}")
    return EMBEDDED if reason else Servers("containers", ContainerPostgres, ContainerNats)
