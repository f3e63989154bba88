"""Real servers for tests: PostgreSQL with a fresh database for each test, NATS with an empty JetStream for each.

Each pytest process has its own servers in its own temporary folder, on free ports, so xdist's workers never meet. These
are embedded ones, as a laptop has them; containers.py has the others, kind.py says which are taken.
"""

import asyncio
import shutil
import subprocess
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

from deploy.local import nats, postgres, process
from deploy.local.ports import answers, free_port

T = TypeVar("T")

FreshDatabase = Callable[[str], str]
"""Takes a service's name, gives the address of a migrated, empty database of it, gone after the test."""

MIGRATIONS = Path(__file__).parents[2] / "services"

FAST = {"fsync": "off", "full_page_writes": "off", "max_connections": "200"}
"""Nobody pulls the plug of a test's machine; a killed server loses nothing by these."""


class PostgresServer:
    """A PostgreSQL with the three roles. Databases are copied from a template that was migrated once."""

    def __init__(self, folder: Path) -> None:
        self.server = postgres.Postgres(folder, free_port(), postgres.new_passwords(), FAST)
        self.log = folder / "postgres.log"
        self._process: subprocess.Popen[bytes] | None = None
        self._templates: dict[str, str] = {}
        self._numbers = count(1)

    def start(self) -> None:
        """Run it and wait until it takes connections. Right after a kill the first tries may fail: the old server's
        memory is still being given back."""
        self.server.prepare()
        for _ in range(50):
            self._process = process.start(self.server.command(), self.log)
            if postgres.wait_until_ready(self.server, self._process):
                return
            time.sleep(0.1)
        raise RuntimeError(self.log.read_text())

    def stop(self) -> None:
        if self._process:
            process.end(self._process, self.server.command().stop, patience_s=10)

    def kill(self) -> None:
        """kill -9, as a machine without mercy would."""
        if self._process:
            self._process.kill()
            self._process.wait()

    def fresh_database(self, service: str) -> str:
        """The address (`postgresql+asyncpg://…`) of a new database of this service, migrated and empty."""
        name = f"{service}_{next(self._numbers)}"
        self._create(name, service, self._template(service))
        return self.dsn(name, service)

    def drop_database(self, dsn: str) -> None:
        """Forget a database, whoever still is connected."""
        self.server.run_sql(f"DROP DATABASE IF EXISTS {dsn.rsplit('/', 1)[1]} WITH (FORCE)")

    def dsn(self, database: str, role: str) -> str:
        return self.server.dsn(database, role, driver="postgresql+asyncpg")

    def _template(self, service: str) -> str:
        if service not in self._templates:
            name = f"{service}_template"
            self._create(name, service, "template1")
            run_apart(_migrate(self.dsn(name, service), MIGRATIONS / service / "migrations"))
            self._templates[service] = name
        return self._templates[service]

    def _create(self, name: str, owner: str, template: str) -> None:
        self.server.run_sql(
            f"CREATE DATABASE {name} OWNER {owner} TEMPLATE {template};\nREVOKE ALL ON DATABASE {name} FROM PUBLIC;"
        )


class NatsServer:
    """A NATS server that can be hurt: stopped, killed, its store deleted or set back."""

    def __init__(self, folder: Path, sync_interval: str = "2m") -> None:
        self.server = nats.Nats(folder, free_port(), sync_interval)
        self.log = folder / "nats.log"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return self.server.url

    @property
    def store(self) -> Path:
        """JetStream's own folder."""
        return self.server.store

    def start(self) -> None:
        """Run it and wait until it takes connections."""
        self.server.prepare()
        self._process = process.start(self.server.command(), self.log)
        deadline = time.monotonic() + 10
        while not answers(self.server.port):
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(self.log.read_text())
            time.sleep(0.01)

    def stop(self) -> None:
        if self._process:
            process.end(self._process, self.server.command().stop, patience_s=5)

    def kill(self) -> None:
        """kill -9."""
        if self._process:
            self._process.kill()
            self._process.wait()

    def delete_store(self) -> None:
        """Lose every stream and consumer. Only while it is down."""
        shutil.rmtree(self.store, ignore_errors=True)

    def copy_store(self, to: Path) -> None:
        """Keep a copy of the store as it is now."""
        shutil.copytree(self.store, to, dirs_exist_ok=True)

    def restore_store(self, copy: Path) -> None:
        """Put an older copy of the store back. Only while it is down."""
        self.delete_store()
        shutil.copytree(copy, self.store)


def run_apart(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end, also where a loop is running already."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


async def _migrate(url: str, folder: Path) -> None:
    from shared.store.migrate import migrate

    if any((folder / "versions").glob("[0-9]*.py")):
        await migrate(url, folder)
