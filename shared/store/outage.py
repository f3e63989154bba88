"""Whether an error says that the store is away, not that something is wrong with what was asked of it."""

import asyncpg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

_AWAY = (
    OSError,
    PoolTimeoutError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # the server died in the middle of an answer
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
)


def is_outage(error: BaseException | None) -> bool:
    """True for a lost or refused connection, also where SQLAlchemy has wrapped it; a full disk is one too."""
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    if isinstance(error, (*_AWAY, asyncpg.InsufficientResourcesError)):
        return True
    return error is not None and is_outage(error.__cause__)
