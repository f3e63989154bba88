"""Updates by long polling, for a server that Telegram cannot reach. One process asks, the others stand by."""

import asyncio
from collections.abc import Sequence
from typing import Any

import structlog
from sqlalchemy import text
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from services.notify.channels.bots import Bot
from services.notify.channels.calling import NotReached
from services.notify.channels.telegram_updates import ALLOWED, Updates
from shared.store import Store
from shared.tasks import end

log = structlog.get_logger()
LONG_S = 25
"""How long Telegram holds a question to which there is nothing to say."""
PAUSE_S = 5.0
_STORE_AWAY = (OSError, OperationalError, InterfaceError)
_TRY = text("select pg_try_advisory_lock(hashtextextended('caunoi.telegram', 0))")
_LET_GO = text("select pg_advisory_unlock(hashtextextended('caunoi.telegram', 0))")


class Polling:
    """Asks, keeps, and only then confirms: the next question's `offset` lets Telegram forget what we have.

    The offset need not outlive us: what was not confirmed comes again, and what we have already counts once.
    """

    def __init__(self, bot: Bot, store: Store, updates: Updates) -> None:
        self._bot = bot
        self._store = store
        self._updates = updates
        self._offset: int | None = None
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="telegram-polling")

    async def stop(self) -> None:
        if self._task:
            await end([self._task])
        await self._bot.close()

    async def _run(self) -> None:
        while True:
            try:
                async with self._store.engine.connect() as connection:
                    await self._stand_by(await connection.execution_options(isolation_level="AUTOCOMMIT"))
            except (SQLAlchemyError, OSError) as error:
                log.warning("telegram.store_lost", error=type(error).__name__)
            except Exception:
                log.exception("telegram.polling_failed")
            await asyncio.sleep(PAUSE_S)

    async def _stand_by(self, connection: AsyncConnection) -> None:
        """Poll while this connection holds the lock; it is let go, for the connection goes back to the pool."""
        if not await connection.scalar(_TRY):
            return
        try:
            while True:
                await connection.execute(text("select 1"))  # raises where the connection, and the lock, is lost
                if not await self.ask():
                    await asyncio.sleep(PAUSE_S)
        finally:
            await connection.execute(_LET_GO)

    async def ask(self) -> bool:
        """One question. False: not now, wait before the next."""
        question = {"limit": 100, "timeout": LONG_S, "allowed_updates": ALLOWED}
        if self._offset is not None:
            question["offset"] = self._offset
        try:
            told = await self._bot.call("getUpdates", question, longer_s=LONG_S)
        except NotReached as error:
            log.warning("telegram.unreachable", error=str(error))
            return False
        if told.ok and isinstance(told.result, list):
            await self._take(told.result)
            self._offset = max((u["update_id"] + 1 for u in told.result), default=self._offset)
            return True
        log.warning("telegram.updates_refused", code=told.code)
        if told.code == 409 and "webhook is active" in told.description:
            await self._take_webhook_back()
        return False

    async def _take(self, updates: Sequence[Any]) -> None:
        """All in one commit; where one of them cannot be taken, it alone is left out. Without a store none is."""
        try:
            await self._updates.take(updates)
        except _STORE_AWAY:
            raise
        except Exception:
            log.exception("telegram.updates_failed", updates=len(updates))
            for update in updates:
                await self._take_alone(update)

    async def _take_alone(self, update: Any) -> None:
        try:
            await self._updates.take([update])
        except _STORE_AWAY:
            raise
        except Exception:
            log.exception("telegram.update_left_out", update=update["update_id"])

    async def _take_webhook_back(self) -> None:
        """Somebody set a webhook; what waits there comes to us."""
        try:
            await self._bot.call("deleteWebhook", {"drop_pending_updates": False})
        except NotReached as error:
            log.warning("telegram.unreachable", error=str(error))
