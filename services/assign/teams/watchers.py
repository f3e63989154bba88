"""Who wants to know, within the same unit of work, that teams can take other or more work than before.

Within it, since after a crash nobody would tell them again. Last in it: whoever acts locks a ticket of their own, then
teams, then the tickets that wait near them.
"""

from collections.abc import Awaitable, Callable, Sequence

from shared.store import Unit

Heard = Callable[[Unit, Sequence[str]], Awaitable[None]]
"""Takes the unit under way and the codes of the teams."""


class TeamWatchers:
    """Offers look again at waiting tickets when a team changes; teams need not know them for it."""

    def __init__(self) -> None:
        self._heard: list[Heard] = []

    def add(self, heard: Heard) -> None:
        self._heard.append(heard)

    async def tell(self, unit: Unit, codes: Sequence[str]) -> None:
        """Let everyone know, where there is anything to tell."""
        for heard in self._heard if codes else ():
            await heard(unit, codes)
