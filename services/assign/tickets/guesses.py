"""A resident shows that a ticket is theirs by the last four digits of the number they gave. Guessing is limited."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from services.assign.tickets import store
from services.assign.tickets.tables import WrongGuess
from shared.store import Store

WINDOW = timedelta(hours=1)
A_CODE = 5
AN_ADDRESS = 20


class TooMany(Exception):
    """Too many wrong tries: 429. `retry_after_s` seconds."""

    retry_after_s = int(WINDOW.total_seconds())


async def is_theirs(own: Store, code: str, last4: str, address: str, now: datetime) -> bool:
    """Whether a request of the ticket came from a number with these last digits. A wrong try is counted; TooMany."""
    async with own.read() as connection:
        if await _tries(connection, col(WrongGuess.code) == code, now) >= A_CODE:
            raise TooMany
        if await _tries(connection, col(WrongGuess.address) == address, now) >= AN_ADDRESS:
            raise TooMany
        phones = [request.phone for request in await store.requests_of(connection, code)]
    if any(phone.endswith(last4) for phone in phones):
        return True
    async with own.begin() as unit:
        await unit.execute(delete(WrongGuess).where(col(WrongGuess.at) < now - WINDOW))
        await unit.execute(insert(WrongGuess), {"code": code, "address": address, "at": now})
    return False


async def _tries(connection: AsyncConnection, about: ColumnElement[bool], now: datetime) -> int:
    found = await connection.scalar(
        select(func.count()).select_from(WrongGuess).where(about, col(WrongGuess.at) > now - WINDOW)
    )
    return int(found or 0)
