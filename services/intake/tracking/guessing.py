"""Nobody finds out another's ticket by trying: 5 wrong tries a code an hour, 20 an address."""

from datetime import datetime, timedelta

from services.intake.limits import Count, Limit, alone, count, used_up
from services.intake.tracking.store import Tracked, track
from shared.store import Store

A_CODE = Limit("lookup-code", 5, timedelta(hours=1))
AN_ADDRESS = Limit("lookup-address", 20, timedelta(hours=1))


class TriedTooOften(Exception):
    """No try is left until `until`."""

    def __init__(self, until: datetime) -> None:
        super().__init__("tried too often")
        self.until = until


async def look_up(
    store: Store, code: str | None, last4: str, *, address: str, secret: str, now: datetime
) -> Tracked | None:
    """The ticket where code and last four digits belong together, else None: wrong pair, unknown code, no code at all.

    `address` is the caller's. Raises `TriedTooOften`, whatever was sent, once the tries are used up. Tries at one code
    wait for each other, so that a hundred at the same moment count as a hundred.
    """
    counts = [Count(AN_ADDRESS, AN_ADDRESS.name(secret, address))]
    if code:
        counts.append(Count(A_CODE, A_CODE.name(secret, code)))
    async with store.begin() as unit:
        await alone(unit, counts[-1].name)
        if until := await used_up(unit, counts, now):
            raise TriedTooOften(until)
        found = await track(unit.connection, code) if code else None
        if found and found.request.phone[-4:] == last4:
            return found
        await count(unit, counts, now)
    return None
