"""How many files are made at once: one for each person, and few in a process, so that everybody else is served too."""

from dataclasses import dataclass, field

MOST = 2


class AlreadyMaking(Exception):
    """This person has one under way."""


class AllTaken(Exception):
    """Others do."""


@dataclass
class Seats:
    most: int = MOST
    _taken: set[str] = field(default_factory=set)

    def take(self, who: str) -> None:
        """Raises AlreadyMaking, AllTaken."""
        if who in self._taken:
            raise AlreadyMaking
        if len(self._taken) >= self.most:
            raise AllTaken
        self._taken.add(who)

    def leave(self, who: str) -> None:
        self._taken.discard(who)
