"""Units of work that need each other's rows: PostgreSQL ends one, which is done again from its beginning."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog
from asyncpg import PostgresError
from sqlalchemy.exc import DBAPIError

from shared.store.lean import is_deadlock

ATTEMPTS = 5
Done = TypeVar("Done")
_log = structlog.get_logger()


async def despite_deadlocks(work: Callable[[], Awaitable[Done]]) -> Done:
    """What `work` gives; it begins a unit of its own each time. The last attempt raises whatever it meets."""
    for attempt in range(1, ATTEMPTS):
        try:
            return await work()
        except (DBAPIError, PostgresError) as error:
            if not is_deadlock(error):
                raise
            _log.info("store.deadlock", attempt=attempt)
    return await work()
