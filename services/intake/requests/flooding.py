"""How many requests the open form takes: much more than people need, much less than a machine would send."""

from datetime import datetime, timedelta

from services.intake.limits import Count, Limit, count
from shared.store import Store

A_PHONE = Limit("request-phone", 30, timedelta(hours=1))
AN_ADDRESS = Limit("request-address", 300, timedelta(minutes=10))
"""Generous: a mobile network shows thousands of phones as one address."""


async def counted(store: Store, secret: str, phone: str, address: str, now: datetime) -> datetime | None:
    """Count one request; the time from which the next is taken, where these were too many."""
    counts = [Count(A_PHONE, A_PHONE.name(secret, phone)), Count(AN_ADDRESS, AN_ADDRESS.name(secret, address))]
    async with store.begin() as unit:
        return await count(unit, counts, now)
