"""The NATS server with JetStream, on loopback only."""

import os
from dataclasses import dataclass
from pathlib import Path

from deploy.local.binaries import nats_program
from deploy.local.ports import LOOPBACK
from deploy.local.process import Command

DEFAULT_SYNC_INTERVAL = "always"
SMALL_HEAP = {"GOGC": "40"}
"""Collect at 40 % of new garbage instead of 100 %: a little more work, 15 MB less after a sample was loaded."""


@dataclass(frozen=True)
class Nats:
    """One server. `sync_interval` is how often JetStream calls fsync: `always`, or a time such as `2m`.

    `always` costs publishes but keeps what was acknowledged through a power cut; the relay's repair makes longer
    ones safe too.
    """

    folder: Path
    port: int
    sync_interval: str = DEFAULT_SYNC_INTERVAL
    max_file: str = "4GB"

    @property
    def url(self) -> str:
        return f"nats://{LOOPBACK}:{self.port}"

    @property
    def store(self) -> Path:
        """JetStream's own folder, nothing else in it. The server makes it; deleting it loses the bus, not requests."""
        return self.folder / "jetstream"

    def prepare(self) -> None:
        """Write the server's configuration."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._file.write_text(self._configuration())

    def command(self) -> Command:
        return Command((str(nats_program()), "--config", str(self._file)), SMALL_HEAP, folder=self.folder)

    @property
    def _file(self) -> Path:
        return self.folder / "nats.conf"

    def _configuration(self) -> str:
        return (
            f"server_name: caunoi\n"
            f'listen: "{LOOPBACK}:{self.port}"\n'
            f"max_payload: 1MB\n"
            f"jetstream {{\n"
            f"  store_dir: {_quoted(self.folder)}\n"  # the server adds `jetstream`
            f"  sync_interval: {self.sync_interval}\n"
            f"  max_memory_store: 64MB\n"
            f"  max_file_store: {self.max_file}\n"
            f"}}\n"
        )


def _quoted(path: Path) -> str:
    return '"' + os.fspath(path).replace("\\", "\\\\").replace('"', '\\"') + '"'
