"""A policy changes: kept and told. Open tickets keep what they were promised, unless somebody says otherwise."""

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from services.assign.places import store as places
from services.assign.places.tables import AdministrativeUnit, Policy
from services.assign.policies import store
from services.assign.policies.choosing import in_force
from services.assign.policies.telling import tell_promises
from shared.clock import local
from shared.store import Unit


async def touched(connection: AsyncConnection, place: AdministrativeUnit | None, policy: Policy, now: datetime) -> int:
    """Open tickets that would be promised by it; none where it does not count today: to come, over, or replaced."""
    policies = await store.all_policies(connection)
    others = [
        one
        for one in policies
        if (one.category, one.unit) == (policy.category, policy.unit) and one.valid_from != policy.valid_from
    ]
    today = local(now).date()
    if in_force([*others, policy], today) is not policy:
        return 0
    return await _open_under(connection, policies, place, policy.category, today)


async def touched_by_removal(
    connection: AsyncConnection, place: AdministrativeUnit | None, category: str, valid_from: date, now: datetime
) -> int:
    """Open tickets that would be promised otherwise if this policy were gone; none where it does not count today."""
    policies, today = await store.all_policies(connection), local(now).date()
    theirs = [one for one in policies if (one.category, one.unit) == (category, place.key if place else "")]
    counts = in_force(theirs, today)
    if counts is None or counts.valid_from != valid_from or _stays(place, valid_from):
        return 0
    return await _open_under(connection, policies, place, category, today)


async def _open_under(
    connection: AsyncConnection,
    policies: Iterable[Policy],
    place: AdministrativeUnit | None,
    category: str,
    day: date,
) -> int:
    """Open tickets for which what a unit says counts on that day: not those of units below with a say of their own."""
    nearer = await nearer_units(connection, policies, place, category, day)
    return await store.count_open(connection, category, place.code if place else None, nearer)


def _stays(place: AdministrativeUnit | None, valid_from: date) -> bool:
    """The country's first policy cannot be taken back: something must be promised."""
    return place is None and valid_from == date.min


async def change(
    unit: Unit, place: AdministrativeUnit | None, policy: Policy, at: datetime, by: str, *, open_tickets: bool
) -> None:
    """It counts from its day on; with `open_tickets` also for tickets that are open now, once they are reached."""
    await store.keep(unit, policy)
    await tell_promises(unit, place, at)
    if open_tickets:
        await store.owe_application(unit, policy.category, policy.unit, by, at)


async def withdraw(
    unit: Unit,
    place: AdministrativeUnit | None,
    category: str,
    valid_from: date,
    at: datetime,
    by: str,
    *,
    open_tickets: bool,
) -> bool:
    """It counts no more; False where there is none, or it stays."""
    key = place.key if place else ""
    if _stays(place, valid_from):
        return False
    if not await store.forget(unit, category, key, valid_from):
        return False
    await tell_promises(unit, place, at)
    if open_tickets:
        await store.owe_application(unit, category, key, by, at)
    return True


async def nearer_units(
    connection: AsyncConnection,
    policies: Iterable[Policy],
    place: AdministrativeUnit | None,
    category: str,
    day: date,
) -> list[str]:
    """Codes of the units below that have one of these policies of their own on that day: it counts there."""
    own: dict[str, list[Policy]] = {}
    for policy in policies:
        if policy.category == category and policy.unit:
            own.setdefault(policy.unit, []).append(policy)
    found = await places.units_by_key(connection, {key for key, theirs in own.items() if in_force(theirs, day)})
    return [one.code for one in found.values() if place is None or (place.code in one.path and one.code != place.code)]
