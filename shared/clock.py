"""The one clock of a service: real time plus an offset that `caunoi clock` may move forward.

Rules never read a clock; they are given a time. Retention of the bus's own rows and the age of tokens
use `Clock.wall`, which nobody can set.
"""

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


class Clock:
    """Aware UTC times. `offset` is what was added to real time; it survives a restart in `file`."""

    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        self._moved: list[Callable[[], None]] = []
        self.offset = timedelta()
        self.reread()

    def now(self) -> datetime:
        """The time of this installation, UTC."""
        return datetime.now(UTC) + self.offset

    @staticmethod
    def wall() -> datetime:
        """Real time, UTC, whatever the clock was set to."""
        return datetime.now(UTC)

    def reread(self) -> None:
        """Take the offset from the clock file, where there is one."""
        if self._file and self._file.exists():
            self.set_offset(timedelta(seconds=json.loads(self._file.read_text())["offset_s"]))

    def set_offset(self, offset: timedelta) -> None:
        self.offset = offset
        for tell in self._moved:
            tell()

    def set_now(self, now: datetime) -> None:
        """For tests: from here on it is `now`."""
        self.set_offset(now - datetime.now(UTC))

    def on_move(self, tell: Callable[[], None]) -> None:
        """Call `tell` whenever the clock is set (a cycle wakes and looks again)."""
        self._moved.append(tell)

    async def sleep_until(self, moment: datetime) -> None:
        """Sleep until this clock shows `moment`; the caller wakes itself when the clock is moved."""
        await asyncio.sleep(max(0.0, (moment - self.now()).total_seconds()))


def local(moment: datetime) -> datetime:
    """The same moment as people in Vietnam read it."""
    return moment.astimezone(VIETNAM)


def midnight(day: date) -> datetime:
    """When a day begins in Vietnam, UTC."""
    return datetime.combine(day, time(), VIETNAM).astimezone(UTC)
