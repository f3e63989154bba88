"""How long bookkeeping rows are kept, and how they go: by age, and when a person is erased.

Stream age ≤ outbox ≤ inbox: whatever a stream can bring again, the inbox still knows; whatever a stream may have lost,
the outbox still has.
"""

import asyncio
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import delete, text

from shared.clock import Clock
from shared.store.base import Bookkeeping, table_of
from shared.store.session import Store, Unit

log = structlog.get_logger()
STREAM_AGE = timedelta(days=7)
OUTBOX_AGE = timedelta(days=7)
INBOX_AGE = timedelta(days=14)
BATCH = 1000
FORGET_EVERY_S = 60.0

_OLD_OUTBOX = text("""
    delete from outbox where id in (
        select id from outbox where id < :made_before and published_at < :before order by id limit :most)
""")
_OLD_INBOX = text("""
    delete from inbox where ctid = any(array(select ctid from inbox where received_at < :before limit :most))
""")


async def forget(store: Store) -> None:
    """Delete old rows, in small bites, as long as the service runs."""
    while True:
        try:
            gone = await forget_old(store)
        except Exception as error:  # whatever is wrong with the store, others say it; here it only is tried again
            log.warning("store.not_forgotten", error=type(error).__name__)
            gone = 0
        await asyncio.sleep(0.1 if gone else FORGET_EVERY_S)


async def forget_old(store: Store) -> int:
    """Delete the oldest rows that nobody needs any more, a bounded number; says how many."""
    now = Clock.wall()
    published = {"made_before": _first_id(now - OUTBOX_AGE), "before": now - OUTBOX_AGE, "most": BATCH}
    async with store.begin() as unit:
        gone = (await unit.execute(_OLD_OUTBOX, published)).rowcount
        return gone + (await unit.execute(_OLD_INBOX, {"before": now - INBOX_AGE, "most": BATCH})).rowcount


async def scrub(unit: Unit, tables: Bookkeeping, *, about: str) -> None:
    """Erase what outbox and dead letters still hold about a person or a ticket; part of erasing a person.

    Call it before the unit publishes the removal. Inbox rows stay: they hold ids only.
    """
    await unit.execute(delete(tables.outbox).where(table_of(tables.outbox).c.about == about))
    await unit.execute(delete(tables.dead).where(table_of(tables.dead).c.about == about))


def _first_id(moment: datetime) -> UUID:
    """The smallest UUIDv7 of this moment: the primary key leads to old rows without a further index."""
    return UUID(int=int(moment.timestamp() * 1000) << 80)
