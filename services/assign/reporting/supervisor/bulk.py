"""One lever for several tickets: each in a unit of work of its own, and what became of each is said.

What is already as it was wanted counts as done, so that a form sent twice does no harm.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from services.assign.reporting.supervisor import store
from services.assign.tickets.actions import Forbidden, NotPossible
from services.assign.tickets.actions.cancellation import Cancellation, Reassignment
from services.assign.tickets.actions.ground import WrongValue
from services.assign.tickets.actions.resolution import Closure
from services.assign.tickets.doing import asking, do
from services.assign.tickets.lifecycle import OWNED, Action, Status
from services.assign.tickets.tables import Ticket
from shared.identity import Principal, holds_unit
from shared.store import Store

MOST = 50
"""Tickets at once."""
LEVERS = (Action.REASSIGNMENT, Action.CANCELLATION, Action.CLOSURE)
Wish = Reassignment | Cancellation | Closure
What = Literal["done", "already", "impossible", "refused", "unknown"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one ticket. `status`: where it stands; `why`: key of the words, where it was refused."""

    code: str
    what: What
    status: str | None = None
    why: str | None = None

    @property
    def worked(self) -> bool:
        return self.what in ("done", "already")


async def do_each(
    own: Store, watcher: Principal, codes: Sequence[str], action: Action, wish: Wish, now: datetime
) -> list[Outcome]:
    """In the order of the codes given; one that cannot be done holds up no other."""
    return [await _do(own, watcher, code, action, wish, now) for code in codes]


async def theirs(own: Store, watcher: Principal, codes: Sequence[str]) -> list[Ticket]:
    """The tickets among these codes that lie in somebody's territory, what is due first first."""
    async with own.read() as connection:
        found = await store.by_codes(connection, list(codes))
    return [ticket for ticket in found if holds_unit(watcher, ticket.unit_path)]


async def _do(own: Store, watcher: Principal, code: str, action: Action, wish: Wish, now: datetime) -> Outcome:
    try:
        ticket = await do(own, code, action, wish, asking(watcher, action, None), now)
    except Forbidden:
        return Outcome(code, "unknown")
    except WrongValue as wrong:
        return Outcome(code, "refused", why=wrong.key)
    except NotPossible:
        return await _why_not(own, watcher, code, action, wish)
    return Outcome(code, "done", ticket.status)


async def _why_not(own: Store, watcher: Principal, code: str, action: Action, wish: Wish) -> Outcome:
    for ticket in await theirs(own, watcher, [code]):
        already = await _is_so(own, ticket, action, wish)
        return Outcome(code, "already" if already else "impossible", ticket.status)
    return Outcome(code, "unknown")


async def _is_so(own: Store, ticket: Ticket, action: Action, wish: Wish) -> bool:
    """Whether it stands already as it was wanted."""
    if isinstance(wish, Reassignment):
        async with own.read() as connection:
            asked = {offer.team for offer in await store.offers(connection, ticket.code) if offer.outcome == "open"}
        return wish.team in (asked or ({ticket.team} if ticket.status in OWNED else ()))
    return ticket.status == (Status.CANCELLED if action is Action.CANCELLATION else Status.CLOSED)
