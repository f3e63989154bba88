"""Open tickets are promised anew by a changed policy, because somebody said so: a batch of them in each unit of work.

Pauses stay as they were earned, and targets are derived from them. A clock that is met keeps what it was judged by.
"""

from datetime import datetime

import structlog

from services.assign.places import store as places
from services.assign.places.tables import AdministrativeUnit
from services.assign.policies import store
from services.assign.policies.changing import nearer_units
from services.assign.policies.choosing import Policies, promised_by
from services.assign.policies.tables import PolicyApplication, ToldPromise
from services.assign.sla.clocks import CLOCKS, ClockName, reached_at, steps_of
from services.assign.sla.promised import Promised
from services.assign.tickets import store as tickets
from services.assign.tickets.lifecycle import Status
from services.assign.tickets.next_action import pauses_of, running_clocks
from services.assign.tickets.tables import Ticket
from services.assign.tickets.work import Work
from shared.clock import Clock, local
from shared.events.tickets import Actor, Repromised
from shared.store import Store, Unit
from shared.working_time import Span

log = structlog.get_logger()
BATCH = 100


class Applying:
    """A cycle over changed policies on their way to open tickets."""

    def __init__(self, own: Store, clock: Clock) -> None:
        self._store = own
        self._clock = clock

    async def work(self) -> datetime | None:
        """One batch; at once again where there is more."""
        now = self._clock.now()
        async with self._store.begin() as unit:
            owed = await store.take_application(unit)
            if owed is None:
                return None
            reached = await self._batch(unit, owed, now)
        log.info("policy.applied", category=owed.category, tickets=reached)
        return now

    async def _batch(self, unit: Unit, owed: PolicyApplication, now: datetime) -> int:
        place = (await places.units_by_key(unit.connection, [owed.unit])).get(owed.unit) if owed.unit else None
        policies = await store.all_policies(unit.connection)
        nearer = await nearer_units(unit.connection, policies, place, owed.category, local(now).date())
        code = place.code if place else None
        codes = await store.open_codes(unit, owed.category, code, nearer, owed.after, BATCH)
        for code in codes:
            await _promise_anew(unit, code, owed, now)
        await store.move_application(unit, owed, codes[-1] if len(codes) == BATCH else None)
        return len(codes)


async def _promise_anew(unit: Unit, code: str, owed: PolicyApplication, now: datetime) -> None:
    ticket = await tickets.take(unit, code)
    if ticket is None:
        return
    promised = await _promised_now(unit, ticket, now)
    if promised == Promised.from_dict(ticket.policy):
        return
    before = {clock: getattr(ticket, f"{clock}_due").isoformat() for clock in CLOCKS}
    ticket.policy, ticket.urgent = promised.to_dict(), promised.urgent
    for clock in _not_met(ticket):
        _judge_anew(ticket, promised, clock, now)
    work = Work(unit, ticket, Actor(kind="supervisor", id=owed.by), now)
    work.tell(Repromised, response_was_due=before["response"], resolution_was_due=before["resolution"])
    await work.save()
    await tickets.save_policy(unit, ticket)


def _not_met(ticket: Ticket) -> tuple[ClockName, ...]:
    """While it waits the response is met and the resolution is not."""
    return ("resolution",) if ticket.status == Status.WAITING else running_clocks(ticket)


def _judge_anew(ticket: Ticket, promised: Promised, clock: ClockName, now: datetime) -> None:
    """Steps that lie ahead again are still to be done; a breach that is none any more is taken back.

    A clock that stands still is due when it would be if it ran again from now on.
    """
    pauses = [Span(pause.start, pause.end or now) for pause in pauses_of(ticket)]

    def reached(part: float) -> datetime:
        return reached_at(promised, clock, ticket.submitted_at, pauses, part) or now

    due = reached(1.0)
    setattr(ticket, f"{clock}_due", due)
    setattr(ticket, f"{clock}_breached_at", due if due <= now else None)
    ahead = {step.name for step in steps_of(promised, clock) if reached(step.part) > now}
    ticket.marks = {name: at for name, at in ticket.marks.items() if name not in ahead}


async def _promised_now(unit: Unit, ticket: Ticket, now: datetime) -> Promised:
    """What a request like it would be promised today."""
    today = local(now).date()
    policies: Policies = await store.policies_of(unit.connection, {ticket.category}, set(ticket.unit_path))
    above = await places.units_by_code(unit.connection, ticket.unit_path)
    chain: list[AdministrativeUnit] = [above[code] for code in reversed(ticket.unit_path) if code in above]
    told = await store.told(unit.connection, [*(one.key for one in chain), ""])
    by_unit: dict[str, list[ToldPromise]] = {}
    for one in told:
        if one.category == ticket.category and one.valid_from <= today:
            by_unit.setdefault(one.unit, []).append(one)
    nearest = next(by_unit[key] for key in [*(one.key for one in chain), ""] if key in by_unit)
    calendar = max(nearest, key=lambda one: one.valid_from).facts["calendar"]
    return promised_by(policies.nearest(ticket.category, ticket.unit_path, today), calendar)
