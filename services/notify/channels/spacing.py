"""So many messages a second to one chat, and so many in all: those that come too early wait for their turn."""

import asyncio
import time


class Spacing:
    """Turns of one process. Where several send, the other side's "too fast" is the rest of it."""

    def __init__(self, chat_s: float, all_s: float) -> None:
        """Seconds between two messages to one chat, and between any two."""
        self._chat_s = chat_s
        self._all_s = all_s
        self._next: dict[str, float] = {}
        self._next_of_all = 0.0

    async def turn(self, chat: str) -> None:
        """Wait until a message may go to this chat."""
        now = time.monotonic()
        self._next = {name: at for name, at in self._next.items() if at > now}
        at = max(now, self._next.get(chat, now), self._next_of_all)
        self._next[chat] = at + self._chat_s
        self._next_of_all = at + self._all_s
        await asyncio.sleep(at - now)
