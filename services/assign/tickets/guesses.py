"""A resident shows that a ticket is theirs by the last four digits of the number they gave. Guessing is limited."""

from datetime import datetime, timedelta

from services.assign.tickets import store
from shared.store import Store
from shared.store.lean import fetch

WINDOW = timedelta(hours=1)
A_CODE = 5
AN_ADDRESS = 20
_TRIES = """
    select (select count(*) from wrong_guess where code = $1 and at > $3),
           (select count(*) from wrong_guess where address = $2 and at > $3)"""
_COUNT = "insert into wrong_guess (code, address, at) values ($1, $2, $3)"


class TooMany(Exception):
    """Too many wrong tries: 429. `retry_after_s` seconds."""

    retry_after_s = int(WINDOW.total_seconds())


async def is_theirs(own: Store, code: str, last4: str, address: str, now: datetime) -> bool:
    """Whether a request of the ticket came from a number with these last digits. A wrong try is counted; TooMany.

    Tries at one code wait for each other, so that a hundred at the same moment count as a hundred.
    """
    async with own.begin() as unit:
        await fetch(unit.connection, "select pg_advisory_xact_lock(hashtext($1))", code)
        [(at_code, from_address)] = await fetch(unit.connection, _TRIES, code, address, now - WINDOW)
        if at_code >= A_CODE or from_address >= AN_ADDRESS:
            raise TooMany
        if any(request.phone.endswith(last4) for request in await store.requests_of(unit.connection, code)):
            return True
        await fetch(unit.connection, "delete from wrong_guess where at < $1", now - WINDOW)
        await fetch(unit.connection, _COUNT, code, address, now)
        return False
