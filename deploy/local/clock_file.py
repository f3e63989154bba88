"""The file that keeps how far this installation's clock is ahead of real time."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from deploy.local.home import write_json


def read_offset(path: Path) -> timedelta:
    """Zero where the clock was never set."""
    try:
        return timedelta(seconds=float(json.loads(path.read_text())["offset_s"]))
    except FileNotFoundError:
        return timedelta()


def write_offset(path: Path, offset: timedelta) -> None:
    write_json(path, {"offset_s": offset.total_seconds()})


def time_here(path: Path) -> datetime:
    """The time of this installation, UTC."""
    return datetime.now(UTC) + read_offset(path)


def set_time(path: Path, moment: datetime) -> timedelta:
    """From here on it is `moment`; the new offset."""
    offset = moment - datetime.now(UTC)
    write_offset(path, offset)
    return offset
