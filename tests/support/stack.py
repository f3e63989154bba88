"""The house in containers for tests: docker-compose.yml in a copy of the project, with secrets of its own."""

import os
import re
import shutil
import signal
import subprocess
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from secrets import token_hex
from typing import Any

import docker
import httpx
import psutil
from docker.models.containers import Container

from deploy.local.ports import free_port
from tests.support.house import wait_until

PROJECT = Path(__file__).parents[2]
SERVICES = ("postgres", "nats", "intake", "assign", "notify", "gateway")
LOCKS = ("requirements.lock", "requirements-dev.lock")
PARTS = ("docker-compose.yml", ".dockerignore", *LOCKS, "shared", "services", "deploy")
VERSION = "test"
READY_WITHIN_S = 240
ANEW = httpx.Limits(max_keepalive_connections=0)


class Stack:
    """One `docker compose` project in its own folder on a free port, with the sample province and simulated phones."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.name = f"caunoi{token_hex(3)}"
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self._engine = docker.from_env()
        self._tokens: dict[tuple[str, ...], str] = {}
        copy_project(folder)

    def make_secrets(self) -> None:
        subprocess.run(("sh", "deploy/secrets/make.sh"), cwd=self.folder, check=True)

    def secret(self, name: str) -> str:
        return (self.folder / "deploy" / "secrets" / name).read_text().strip()

    def compose(self, *words: str, patience_s: float = 900, check: bool = True, **chosen: str) -> str:
        """What it says, errors too. `chosen` is what an office writes in .env."""
        told = {"PORT": str(self.port), "PUBLIC_URL": self.address, "CAUNOI_VERSION": VERSION, **chosen}
        told |= {"SIMULATOR": "true", "CHANNELS": "simulator", "SAMPLE": "dak_lak"}
        done = subprocess.run(
            (*compose_words(), "-p", self.name, *words),
            cwd=self.folder,
            env={**os.environ, **told, "DOCKER_BUILDKIT": "0", "COMPOSE_DOCKER_CLI_BUILD": "0"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=patience_s,
            check=False,
        )
        assert not check or done.returncode == 0, f"compose {' '.join(words)}: {done.stdout[-3000:]}"
        return done.stdout

    def up(self) -> None:
        """Start what does not run, and wait until the front door says that all are ready."""
        self.compose("up", "-d")
        self.wait_until_ready()

    def use_kannel(self) -> None:
        """Start Kannel beside it; its message centre is one that waits for somebody to play it."""
        for name in ("kannel_smpp_username", "kannel_smpp_password"):
            (self.folder / "deploy" / "secrets" / name).touch()
        self.compose("--profile", "sms", "up", "-d", "bearerbox", "smsbox", KANNEL_SMSC="fake")

    def wait_until_ready(self) -> None:
        wait_until(self.is_ready, READY_WITHIN_S, self._why_not, 0.5)

    def is_ready(self) -> bool:
        try:
            return httpx.get(f"{self.address}/readyz", timeout=5, trust_env=False).status_code == 200
        except httpx.HTTPError:
            return False

    def container(self, service: str) -> Container:
        [found] = self._engine.containers.list(
            all=True,
            filters={"label": [f"com.docker.compose.project={self.name}", f"com.docker.compose.service={service}"]},
        )
        return found

    def processes(self, service: str) -> list[psutil.Process]:
        """As the host sees them, the first one first."""
        first = psutil.Process(self.container(service).attrs["State"]["Pid"])
        return [first, *first.children(recursive=True)]

    def kill(self, service: str) -> None:
        """kill -9 of all that runs in the container, as a machine without mercy would; nobody told the engine to."""
        before = self.container(service).attrs["State"]["StartedAt"]
        for process in self.processes(service)[:1]:  # the others in a container end with its first process
            process.send_signal(signal.SIGKILL)
        wait_until(lambda: self._started_again(service, before), 60, lambda: f"{service} was not started again")

    def _started_again(self, service: str, before: str) -> bool:
        state = self.container(service).attrs["State"]
        return state["Running"] and state["StartedAt"] != before

    def address_of(self, service: str, network: str) -> str:
        """Of a container on a network that only the host and its neighbours reach."""
        return self.container(service).attrs["NetworkSettings"]["Networks"][f"{self.name}_{network}"]["IPAddress"]

    def log(self, service: str) -> str:
        return self.container(service).logs().decode()

    def run(self, service: str, *words: str) -> tuple[int, str]:
        """How a program ended inside a container, and what it said."""
        done = subprocess.run(
            ("docker", "exec", str(self.container(service).id), *words),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=60,
            check=False,
        )
        return done.returncode, done.stdout.strip()

    def caunoi(self, service: str, *words: str) -> str:
        """What the command says inside a container."""
        return self.compose("exec", "-T", service, "caunoi", *words).strip().splitlines()[-1]

    def token(self, role: str, *words: str) -> str:
        """Each is asked for once."""
        if (role, *words) not in self._tokens:
            self._tokens[role, *words] = self.caunoi("assign", "token", "--role", role, *words)
        return self._tokens[role, *words]

    def caller(self, role: str | None = None, *words: str, **headers: str) -> httpx.Client:
        """Somebody who calls the front door, each time anew: it may have been killed meanwhile. To be closed."""
        signed = {"authorization": f"Bearer {self.token(role, *words)}"} if role else {}
        return httpx.Client(base_url=self.address, headers=signed | headers, timeout=30, trust_env=False, limits=ANEW)

    def end(self) -> None:
        """With its data."""
        self.compose("down", "-v", "--remove-orphans", "-t", "5", check=False)

    def _why_not(self) -> str:
        try:
            said: Any = httpx.get(f"{self.address}/readyz", timeout=5, trust_env=False).text
        except httpx.HTTPError as error:
            said = repr(error)
        return f"{self.address}/readyz: {said}\n{self.compose('ps', check=False)}"


def copy_project(to: Path) -> None:
    """What an office would have: the files that the images are made of, without anybody's secrets and data."""
    unwanted = shutil.ignore_patterns("__pycache__", "node_modules")
    for part in PARTS:
        source = PROJECT / part
        if source.is_dir():
            shutil.copytree(source, to / part, ignore=unwanted)
        else:
            shutil.copy(source, to / part)
    for file in (to / "deploy" / "secrets").iterdir():
        if file.name not in {".gitignore", "make.sh"}:
            file.unlink()


@cache
def compose_words() -> tuple[str, ...]:
    """Compose as the engine's plugin, else Debian's program."""
    plugin = subprocess.run(("docker", "compose", "version"), capture_output=True, check=False)
    return ("docker", "compose") if plugin.returncode == 0 else ("docker-compose",)


def run_image(*words: str, environment: Mapping[str, str] | None = None) -> tuple[int, str]:
    """How a container of our image ended, and what it said."""
    told = [word for name, value in (environment or {}).items() for word in ("-e", f"{name}={value}")]
    done = subprocess.run(
        ("docker", "run", "--rm", "--read-only", "--network", "none", *told, f"caunoi:{VERSION}", *words),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, re.sub(r"\s+", " ", done.stdout + done.stderr)
