"""An action in one unit of work: lock the ticket, find who asks, perform, commit. API, pages and replies share it."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from services.assign.offers.store import offers_of
from services.assign.tickets import store
from services.assign.tickets.actions import ACTIONS, Forbidden, NotPossible, perform
from services.assign.tickets.actions.ground import Asker, Body, WrongValue
from services.assign.tickets.asking import asker_for
from services.assign.tickets.lifecycle import TABLE, Action, Who
from services.assign.tickets.tables import Ticket
from services.assign.tickets.work import Work
from shared.identity import Principal, Role
from shared.store import Store, Unit
from shared.store.deadlocks import despite_deadlocks

Ask = Callable[[AsyncConnection, Ticket, Sequence[str]], Awaitable[Asker | None]]
"""Finds who asks, given the ticket and the codes of the teams that were asked."""
Shown = TypeVar("Shown")
Show = Callable[[AsyncConnection, Ticket], Awaitable[Shown]]
_STAFF = frozenset({Who.ASKED, Who.OWNER})
_OVERSEERS = frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR})


class Stale(Exception):
    """The ticket is not the version that was looked at (412)."""


async def do(
    own: Store, code: str, action: Action, body: Body, ask: Ask, now: datetime, version: int | None = None
) -> Ticket:
    """The ticket as it is then. Forbidden (404), NotPossible (409), Stale (412), WrongValue (422) change nothing."""
    return await do_and_show(own, code, action, body, ask, now, version, show=_row)


async def do_and_show(
    own: Store,
    code: str,
    action: Action,
    body: Body,
    ask: Ask,
    now: datetime,
    version: int | None,
    *,
    show: Show[Shown],
) -> Shown:
    """The same; what `show` reads of the ticket then, in the same unit of work."""

    async def once() -> Shown:
        async with own.begin() as unit:
            ticket = await do_within(unit, code, action, body, ask, now, version)
            return await show(unit.connection, ticket)

    return await despite_deadlocks(once)


async def do_within(
    unit: Unit,
    code: str,
    action: Action,
    body: Body,
    ask: Ask,
    now: datetime,
    version: int | None = None,
    *,
    wrote_at: datetime | None = None,
) -> Ticket:
    """The same, as a part of a unit of work. `wrote_at`: when it was asked for, if we heard of it late."""
    ticket = await store.take(unit, code)
    made = await offers_of(unit, code) if ticket else []
    asker = await ask(unit.connection, ticket, [offer.team for offer in made]) if ticket else None
    if ticket is None or asker is None:
        raise Forbidden
    if version is not None and version != ticket.version:
        raise Stale
    await perform(Work(unit, ticket, asker.actor, now, made, wrote_at=wrote_at), action, asker, body)
    return ticket


def asking(principal: Principal, action: Action, member: str | None) -> Ask:
    """How somebody on duty asks. A supervisor who does a member's work names the member (WrongValue)."""

    async def ask(connection: AsyncConnection, ticket: Ticket, asked: Sequence[str]) -> Asker | None:
        asker = await asker_for(connection, principal, ticket, asked, member)
        if asker is None or principal.role not in _OVERSEERS or not TABLE[action].who <= _STAFF:
            return asker
        if not member:
            raise WrongValue("member", "tickets.member_needed")
        if not asker.parts & TABLE[action].who:
            raise NotPossible
        return asker

    return ask


async def _row(_: AsyncConnection, ticket: Ticket) -> Ticket:
    return ticket


__all__ = ["ACTIONS", "Ask", "Stale", "asking", "do", "do_and_show", "do_within"]
