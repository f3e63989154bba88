"""Keeps a session with the message centre: binds, and binds again after whatever ended it, with growing pauses."""

import asyncio
import random
from collections.abc import Awaitable, Callable

import structlog

from services.notify.channels.smpp_session import NoAnswer, NotSent, Refused, Session
from shared.tasks import end

log = structlog.get_logger()

FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 15.0
REFUSED_PAUSE_S = 30.0
"""At least, after a wrong password: a centre that sees it every second locks the account."""
STEADY_S = 10.0
"""A session that lived so long was a good one: the pause after it is short again."""
PATIENCE_S = 10.0
"""How long somebody who wants to send waits for a session that is being made."""


class Link:
    """One session at most, and why there is none."""

    def __init__(self, connect: Callable[[], Awaitable[Session]]) -> None:
        """`connect` gives a bound session, or raises what `Session.bind` raises."""
        self._connect = connect
        self._session: Session | None = None
        self._bound = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self.trouble = ""
        """What ended the last session or kept one from beginning, in a word; empty while all is well."""

    async def start(self) -> None:
        self._task = asyncio.create_task(self._keep(), name="smpp-link")

    async def stop(self) -> None:
        if self._session and self._bound.is_set():
            await self._session.unbind()
        if self._task:
            await end([self._task])

    async def session(self) -> Session | None:
        """The bound session, awaited for a moment."""
        try:
            await asyncio.wait_for(self._bound.wait(), PATIENCE_S)
        except TimeoutError:
            return None
        return self._session

    async def _keep(self) -> None:
        loop, pause = asyncio.get_running_loop(), 0.0
        while True:
            began = loop.time()
            self.trouble = await self._live()
            steady = loop.time() - began > STEADY_S
            pause = FIRST_PAUSE_S if steady or not pause else min(LONGEST_PAUSE_S, pause * 2)
            if self.trouble.startswith("refused"):
                pause = max(pause, REFUSED_PAUSE_S)
            log.warning("smpp.unbound", trouble=self.trouble, again_in_s=pause)
            await asyncio.sleep(pause * random.uniform(0.8, 1.2))

    async def _live(self) -> str:
        """One session from its bind to its end; returns what ended it. A fault of ours ends it too, and only it."""
        try:
            self._session = await self._connect()
            self._session.on_close = self._bound.clear
            self.trouble = ""
            self._bound.set()
            log.info("smpp.bound")
            await self._session.run()
        except Refused as refused:
            return f"refused {refused}"
        except TimeoutError:
            return "no_answer"
        except (NoAnswer, NotSent):
            return "silent"
        except (OSError, EOFError) as error:
            return f"unreachable {type(error).__name__}"
        except Exception as error:
            log.error("smpp.failed", error=type(error).__name__, exc_info=True)
            return "failed"
        return "ended"
