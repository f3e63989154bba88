"""The servers of servers.py in containers, by testcontainers: of the images that docker-compose.yml names.

They are on the host's network, and NATS has the host's folder under the same name: whatever a test does with a server,
by its address or in its folder, is the same for both kinds.
"""

import os
import time
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import docker
from docker.errors import DockerException, ImageNotFound
from testcontainers.core.config import testcontainers_config
from testcontainers.core.container import DockerContainer

from deploy.local.failures import CannotStart
from deploy.local.ports import LOOPBACK, answers
from deploy.local.postgres import SERVICES, SETTINGS, SUPERUSER
from tests.support.servers import FAST, NatsServer, PostgresServer

POSTGRES, NATS = "postgres:18-alpine", "nats:2.15-alpine"
HELP = "Run tests/support/images/make.sh"
PATIENCE_S = 60.0
_ROLES = Path(__file__).parents[2] / "deploy" / "postgres"
_IN_HOST = {"listen_addresses", "unix_socket_directories"}
"""Settings of a server on a laptop that the image has its own for."""


@cache
def why_not() -> str | None:
    """What keeps the tests from containers here; None where nothing does."""
    try:
        images = docker.from_env(timeout=10).images
        for image in (POSTGRES, NATS):
            images.get(image)
    except ImageNotFound as error:
        return f"{error.explanation}. {HELP}"
    except DockerException:
        return f"No Docker engine answers. {HELP}"
    try:
        images.get(testcontainers_config.ryuk_image)
    except ImageNotFound:
        testcontainers_config.ryuk_disabled = True  # the fixtures remove what they made, without a reaper too
    return None


class ContainerPostgres(PostgresServer):
    """Roles and databases are made by the very scripts that make them in a province."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._container = _Container(
            DockerContainer(POSTGRES)
            .with_command(["postgres", *_settings(self.server.port)])
            .with_env("POSTGRES_PASSWORD", self.server.passwords[SUPERUSER])
            .with_volume_mapping(str(_ROLES), "/docker-entrypoint-initdb.d", "ro")
            .with_volume_mapping(str(_secrets(folder, self.server.passwords)), "/run/secrets", "ro")
        )

    def start(self) -> None:
        self._container.start()
        deadline = time.monotonic() + PATIENCE_S
        while not self._answers():
            if time.monotonic() > deadline or not self._container.is_running():
                raise RuntimeError(self._container.log())
            time.sleep(0.05)

    def stop(self) -> None:
        self._container.remove()

    def kill(self) -> None:
        self._container.kill()

    def _answers(self) -> bool:
        if not answers(self.server.port):
            return False
        try:
            return self.server.run_sql("select 1") == "1"
        except CannotStart:
            return False


class ContainerNats(NatsServer):
    """Its configuration and its store lie where the embedded server has them."""

    def __init__(self, folder: Path, sync_interval: str = "2m") -> None:
        super().__init__(folder, sync_interval)
        self._container = _Container(
            DockerContainer(NATS, user=f"{os.getuid()}:{os.getgid()}")
            .with_command(["--config", str(folder / "nats.conf")])
            .with_volume_mapping(str(folder), str(folder), "rw")
        )

    def start(self) -> None:
        self.server.prepare()
        self._container.start()
        deadline = time.monotonic() + PATIENCE_S
        while not answers(self.server.port):
            if time.monotonic() > deadline or not self._container.is_running():
                raise RuntimeError(self._container.log())
            time.sleep(0.01)

    def stop(self) -> None:
        self._container.remove()

    def kill(self) -> None:
        self._container.kill()


class _Container:
    """One container that may be killed and started again with all that is in it."""

    def __init__(self, plan: DockerContainer) -> None:
        self._plan = plan.with_kwargs(network_mode="host")
        self._made = False

    def start(self) -> None:
        if self._made:
            self._plan.get_wrapped_container().start()
        else:
            self._plan.start()
            self._made = True

    def kill(self) -> None:
        self._plan.get_wrapped_container().kill()
        self._plan.get_wrapped_container().wait()

    def remove(self) -> None:
        """With all that is in it: nobody needs its data any more, so nobody waits for a clean end."""
        if self._made:
            self._plan.stop()
            self._made = False

    def is_running(self) -> bool:
        container = self._plan.get_wrapped_container()
        container.reload()
        return container.status == "running"

    def log(self) -> str:
        return self._plan.get_wrapped_container().logs().decode()


def _settings(port: int) -> list[str]:
    told = {name: value for name, value in {**SETTINGS, **FAST}.items() if name not in _IN_HOST}
    settings = told | {"listen_addresses": LOOPBACK, "port": str(port)}
    return [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]


def _secrets(folder: Path, passwords: Mapping[str, str]) -> Path:
    """The files that deploy/postgres reads, for a container's user to read."""
    secrets = folder / "secrets"
    secrets.mkdir(parents=True, exist_ok=True)
    for service in SERVICES:
        (secrets / f"postgres_{service}").write_text(passwords[service])
    return secrets
