"""What an error of the store means: that it is away, or that it was given what is no text."""

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


_NO_TEXT = (asyncpg.CharacterNotInRepertoireError, asyncpg.UntranslatableCharacterError, UnicodeEncodeError)


def is_no_text(error: BaseException | None) -> bool:
    """True for a NUL, which PostgreSQL refuses, and for half a character (a lone surrogate), which no driver can send.

    Also where SQLAlchemy has wrapped it.
    """
    return isinstance(error, _NO_TEXT) or (error is not None and is_no_text(error.__cause__))


def is_outage(error: BaseException | None) -> bool:
    """True for a lost or refused connection, also where SQLAlchemy has wrapped it; a full disk is one too."""
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    if isinstance(error, (*_AWAY, asyncpg.InsufficientResourcesError)):
        return True
    return error is not None and is_outage(error.__cause__)
