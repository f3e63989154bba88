"""Styles, scripts and fonts, each with the hash of its content in its address, kept by browsers for a year.

The address depends on the content alone, so every service writes the same one and any of them can serve it.
"""

import hashlib
from functools import lru_cache
from pathlib import Path

from shared.web.assets import FROM_NPM, MODULES

PREFIX = "/static"
_OWN = Path(__file__).parent / "static"


def static_url(name: str) -> str:
    """`resident.css` → `/static/resident.3f9a1c2b7d.css`. KeyError: there is no such file."""
    path = static_file(name)
    if path is None:
        raise KeyError(f"no static file {name}")
    stem, _, suffix = name.rpartition(".")
    return f"{PREFIX}/{stem}.{content_hash(path)}.{suffix}"


def has_static(name: str) -> bool:
    """False for a part from npm that is not installed."""
    return static_file(name) is not None


def static_file(name: str) -> Path | None:
    """The file behind a name, out of a closed list; None where there is none."""
    path = MODULES / FROM_NPM[name] if name in FROM_NPM else _own_files().get(name)
    return path if path and path.is_file() else None


def content_hash(path: Path) -> str:
    """Ten hexadecimal digits of the content's SHA-256."""
    return _content_hash(path, path.stat().st_mtime_ns)


@lru_cache
def _content_hash(path: Path, _changed_ns: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10]


@lru_cache
def _own_files() -> dict[str, Path]:
    return {path.name: path for path in _OWN.iterdir()}
