"""How fast we may say something: as the contract allows, and slower while the other side says that it is too fast."""

import asyncio

SLOW_S, SLOWEST_S = 0.1, 2.0
"""Seconds between two submits after the first "too fast", and however often it is said."""


class Pace:
    """Doubles the pause at each "too fast", and comes back to what is allowed little by little."""

    def __init__(self, per_second: int) -> None:
        self._least = 1 / per_second
        self._pause = self._least
        self._next = 0.0

    @property
    def is_slowed(self) -> bool:
        return self._pause > self._least

    async def turn(self) -> None:
        """Wait for one's turn; turns go in the order in which they were asked for."""
        now = asyncio.get_running_loop().time()
        turn = max(now, self._next)
        self._next = turn + self._pause
        await asyncio.sleep(turn - now)

    def heard(self, *, too_fast: bool) -> None:
        """What the other side said to a submit."""
        if too_fast:
            self._pause = max(self._least, min(SLOWEST_S, max(SLOW_S, self._pause * 2)))
        else:
            self._pause = max(self._least, self._pause * 0.8)
