"""Intake is told what it may promise: for each unit that has a policy or hours of its own, and for everywhere.

A unit without either is told nothing: intake goes up its tree. Only what changed is told.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import text

from services.assign.calendars import store as calendars
from services.assign.calendars.law import holidays_around, office
from services.assign.calendars.own import OwnCalendar, composed
from services.assign.places import store as places
from services.assign.places.announcements import EVERYWHERE as NOWHERE_IN_PARTICULAR
from services.assign.places.tables import AdministrativeUnit, Policy
from services.assign.policies import store
from services.assign.policies.choosing import COUNTRY, Policies
from services.assign.policies.tables import ToldPromise
from shared.clock import local
from shared.events.places import PromiseChanged
from shared.store import Unit
from shared.vietnam.holidays import round_the_clock

_ONE_AT_A_TIME = text("select pg_advisory_xact_lock(hashtextextended('caunoi.promises', 0))")
Facts = dict[str, Any]
Wanted = dict[tuple[str, str, date], Facts]
"""What is to be known, by category, unit key and first day."""


async def tell_promises(unit: Unit, changed: AdministrativeUnit | None, at: datetime) -> None:
    """Tell what a change of policy or hours in this unit (None: everywhere) means for it and all below.

    One at a time, until the unit of work ends: two changes at once would each overlook what the other has changed.
    """
    await unit.execute(_ONE_AT_A_TIME)
    affected = await _affected(unit, changed)
    wanted = await _wanted(unit, affected, local(at).date())
    known = {(old.category, old.unit, old.valid_from): old for old in await store.told(unit.connection, affected)}
    for key, facts in wanted.items():
        if key not in known or known[key].facts != facts:
            await _tell(unit, affected[key[1]], key, facts, at)
    for key, old in known.items():
        if key not in wanted:
            await _tell(unit, affected[key[1]], key, old.facts, at, retired=True)


async def _affected(unit: Unit, changed: AdministrativeUnit | None) -> dict[str, AdministrativeUnit | None]:
    """Units that have a say, at or below the change, by key."""
    keys = await store.units_with_a_say(unit.connection) | ({changed.key} if changed else set())
    found = await places.units_by_key(unit.connection, keys)
    if changed:
        return {key: place for key, place in found.items() if changed.code in place.path}
    return {COUNTRY: None, **found}


async def _wanted(unit: Unit, affected: dict[str, AdministrativeUnit | None], today: date) -> Wanted:
    """Per unit: each category in which it differs from what stands above it."""
    rows = await store.all_policies(unit.connection)
    of_units = await places.units_by_key(unit.connection, {row.unit for row in rows if row.unit})
    policies = Policies.among([(row, of_units[row.unit].code if row.unit else COUNTRY) for row in rows])
    categories = sorted({row.category for row in rows})
    always = round_the_clock().to_dict()
    wanted: Wanted = {}
    for key, place in affected.items():
        hours, has_hours = await _hours(unit, place, today)
        path = place.path if place else []
        for category in categories:
            has_policy = (category, place.code if place else COUNTRY) in policies.of
            turns = {first: policies.nearest(category, path, first) for first in policies.turns(category, path)}
            if has_policy or (has_hours and not all(policy.urgent for policy in turns.values())):
                for first, policy in turns.items():
                    wanted[category, key, first] = _facts(policy, always if policy.urgent else hours)
    return wanted


async def _hours(unit: Unit, place: AdministrativeUnit | None, today: date) -> tuple[Facts, bool]:
    """The calendar that counts in a unit, and whether it is its own."""
    chain = await places.up_from(unit.connection, place)
    found = await calendars.nearest(unit.connection, [*(one.key for one in chain), calendars.EVERYWHERE])
    own = OwnCalendar.from_dict(found.said) if found else office()
    is_own = found is not None and found.unit == (place.key if place else calendars.EVERYWHERE)
    return composed(own, holidays_around(today), today).to_dict(), is_own


def _facts(policy: Policy, calendar: Facts) -> Facts:
    return {
        "response_s": policy.response_s,
        "resolution_s": policy.resolution_s,
        "urgent": policy.urgent,
        "calendar": calendar,
    }


async def _tell(
    unit: Unit,
    place: AdministrativeUnit | None,
    key: tuple[str, str, date],
    facts: Facts,
    at: datetime,
    retired: bool = False,
) -> None:
    category, unit_key, first = key
    told = ToldPromise(category=category, unit=unit_key, valid_from=first, facts=facts)
    await (store.forget_told if retired else store.note_told)(unit, told)
    event = PromiseChanged(
        revision=await store.next_revision(unit),
        changed_at=at,
        category=category,
        unit=unit_key or None,
        valid_from=None if first == date.min else first,
        retired=retired,
        **facts,
    )
    unit.publish(event, about=category, province=place.province if place else NOWHERE_IN_PARTICULAR, at=at)
