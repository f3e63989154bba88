"""Moving the clock of all services forward so that what is due in between happens in order, each at its own time.

Setting the clock to the end at once would let a ticket close before the alert that asks for an objection is sent.
So the clock goes from one due moment to the next, and at each waits until nobody has anything left to do.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from deploy.local.clock_file import set_time, time_here
from deploy.local.failures import CannotStart
from deploy.local.http import Client

PATIENCE_S = 60.0
LOOK_S = 0.01
QUIET_LOOKS = 2
"""In a row: an event that has left one service and not reached the next shows in neither for an instant."""


@dataclass
class Stepper:
    """The services by name, and the file in which one that restarts finds the time."""

    services: Mapping[str, Client]
    file: Path
    patience_s: float = PATIENCE_S

    def move_to(self, target: datetime) -> int:
        """Return how many due moments were stopped at. Raises `CannotStart` for a way back, or endless work."""
        if target < time_here(self.file):
            raise CannotStart("Time does not go back: what happened has happened. Name a later time.")
        stops = 0
        due = self._wait_until_quiet()
        while due and due <= target:
            self._set(due)
            stops += 1
            due = self._wait_until_quiet()
        self._set(target)
        self._wait_until_quiet()
        return stops

    def _set(self, moment: datetime) -> None:
        """Never backwards: work may have taken longer in real time than the step was wide."""
        if moment <= time_here(self.file):
            return
        offset = set_time(self.file, moment)
        for name, client in self.services.items():
            self._tell(name, client, offset)

    def _tell(self, name: str, client: Client, offset: timedelta) -> None:
        deadline = time.monotonic() + self.patience_s
        while client.put("/simulator/clock", {"offset_s": offset.total_seconds()}).status != 200:
            if time.monotonic() > deadline:
                raise CannotStart(f"{name} does not take the new time. See: caunoi doctor")
            time.sleep(LOOK_S)

    def _wait_until_quiet(self) -> datetime | None:
        """Wait until no service is busy; the next moment at which anything is due anywhere."""
        deadline = time.monotonic() + self.patience_s
        quiet = 0
        while True:
            busy, due = self._look()
            quiet = 0 if busy else quiet + 1
            if quiet >= QUIET_LOOKS:
                return due
            if time.monotonic() > deadline:
                raise CannotStart(
                    f"{busy} is not quiet after {self.patience_s:.0f} s; the clock stands at "
                    f"{time_here(self.file):%Y-%m-%d %H:%M:%S} UTC. See: caunoi doctor"
                )
            time.sleep(LOOK_S)

    def _look(self) -> tuple[str | None, datetime | None]:
        """The first service that is busy; where none is, when the next thing is due."""
        due: list[datetime] = []
        now = time_here(self.file)
        for name, client in self.services.items():
            answer = client.get("/simulator/timers")
            if answer.status != 200 or answer.body["busy"]:
                return name, None
            if answer.body["next_due"]:
                due.append(datetime.fromisoformat(answer.body["next_due"]))
                if due[-1] <= now:
                    return name, None
        return None, min(due, default=None)
