"""What an installation must know before it can promise anything: the duties and their targets."""

from datetime import datetime

from sqlalchemy import text

from services.assign.calendars import store as calendars
from services.assign.calendars.law import YEARS_AFTER, office
from services.assign.places import duties, store
from services.assign.policies import store as policies
from services.assign.policies.telling import tell_promises
from shared.clock import local
from shared.store import Unit

_ONE_AT_A_TIME = text("select pg_advisory_xact_lock(hashtextextended('caunoi.start', 0))")


async def begin_catalogue(unit: Unit, at: datetime) -> None:
    """Bring the ten duties where there are no categories yet. Two processes that start at once bring them once.

    The lock is held until the unit ends, so whatever else an empty store is given belongs in the same unit.
    """
    await unit.execute(_ONE_AT_A_TIME)
    if not await store.has_categories(unit.connection):
        await store.add_categories(unit, duties.categories(), at)
        await policies.add(unit, duties.policies())
        await calendars.keep(unit, calendars.EVERYWHERE, office(), local(at).year + YEARS_AFTER, at, "system")
        await tell_promises(unit, None, at)
