"""How a service is run here: the same words as in a container, the settings by environment."""

import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from deploy.local.forked import CAN_FORK, Work, share_memory
from deploy.local.home import Home
from deploy.local.nats import Nats
from deploy.local.ports import answers
from deploy.local.postgres import SERVICES, Postgres
from deploy.local.process import Command
from deploy.local.supervisor import Child

SAMPLE = "dak_lak"


@dataclass(frozen=True)
class Surroundings:
    """What every service is told. Addresses are without a slash at the end."""

    home: Home
    secret_key: str
    postgres: Postgres
    nats: Nats
    public_url: str
    ports: Mapping[str, int]

    def environment(self, service: str) -> dict[str, str]:
        """Names as in `shared/settings.py`. What the person set for themselves (SECRET_KEY, SAMPLE, …) stays."""
        chosen = {"SECRET_KEY": self.secret_key, "SAMPLE": SAMPLE, "LOG_FORMAT": "json"}
        return {
            **{name: os.environ.get(name, value) for name, value in chosen.items()},
            "CAUNOI_HOME": str(self.home.folder),
            "CLOCK_FILE": str(self.home.clock),
            "SIMULATOR": "true",
            "DATABASE_URL": self.postgres.dsn(service, driver="postgresql+asyncpg"),
            "NATS_URL": self.nats.url,
            "HTTP_HOST": "127.0.0.1",
            "HTTP_PORT": str(self.ports[service]),
            "PUBLIC_URL": self.public_url,
            **{f"{name.upper()}_URL": f"http://127.0.0.1:{self.ports[name]}" for name in SERVICES},
        }


Words = Callable[[str], tuple[str, ...]]
"""How a service is called, by its name."""


def service_words(service: str) -> tuple[str, ...]:
    """`caunoi run SERVICE`, by this very Python."""
    return (sys.executable, "-m", "deploy.cli", "run", service)


def service_child(service: str, surroundings: Surroundings, words: Words | None) -> Child:
    """A fork of the supervisor where that can be; else, or where `words` are given, a program."""
    port = surroundings.ports[service]
    return Child(
        name=service,
        command=_command(service, surroundings.environment(service), words),
        port=port,
        is_ready=lambda _: answers(port),
        needs=("postgres", "nats"),
        patience_s=3.0,
    )


MIGRATING = ("alembic.config", "alembic.runtime.environment", "alembic.script")


def load_services(first_start: bool) -> None:
    """Import what all services need, once, before they are forked. Only a first start is sure to migrate."""
    for name in ("uvicorn", *(f"services.{service}.app" for service in SERVICES), *(MIGRATING if first_start else ())):
        import_module(name)
    share_memory()


def _command(service: str, environment: dict[str, str], words: Words | None) -> Command | Work:
    if words is None and CAN_FORK:
        return Work(service, lambda: _serve(service), environment)
    project = Path(__file__).resolve().parents[2]
    return Command((words or service_words)(service), environment, folder=project)


def _serve(service: str) -> None:
    """What `caunoi run` does."""
    from deploy.cli.run import run

    run(service)
