"""Ask the next team as well; or say that nobody is left."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from services.assign.escalation.told import supervisors_of
from services.assign.offers import store as offers
from services.assign.offers.placing import Placed, place
from services.assign.offers.tables import Offer
from services.assign.sla.promised import Promised
from services.assign.tickets.lifecycle import Status
from services.assign.tickets.opening import EXHAUSTED, LOOKS_AGAIN, need_of, seek, spot_of, unrouted, write
from services.assign.tickets.work import Work
from shared.events import tickets

Reason = Literal["silence", "declined", "unreached", "capacity"]
UNREACHED = "unreached"
UNREACHED_RESTS = LOOKS_AGAIN
"""So it can be asked again when the ticket is looked at again."""


async def ask_next(work: Work, reason: Reason) -> None:
    """Put an offered or unrouted ticket before one more team. Where none is left, its supervisor has it."""
    asked = await offers.offers_of(work.unit, work.ticket.code)
    still_open = frozenset(offer.team for offer in asked if offer.outcome == "open")
    promised = Promised.from_dict(work.ticket.policy)
    need = need_of(work.ticket, still_open, _not_reached(asked, work.now))
    placed = await place(work.unit, work.ticket.code, spot_of(work.ticket), need, promised, 1, work.now)
    if placed.offers:
        await write(work, placed)
        _widened(work, placed, reason)
    elif still_open:
        await _all_asked(work)
    else:
        await _nobody(work, placed)


def _not_reached(asked: Sequence[Offer], now: datetime) -> frozenset[str]:
    """Teams of whom nobody could be told a moment ago, whatever became of their phones."""
    return frozenset(
        offer.team
        for offer in asked
        if offer.reason == UNREACHED and offer.ended_at and now < offer.ended_at + UNREACHED_RESTS
    )


def _widened(work: Work, placed: Placed, reason: Reason) -> None:
    ticket, was_unrouted = work.ticket, work.ticket.status != Status.OFFERED
    ticket.status, ticket.unrouted_reason = Status.OFFERED, None
    ticket.widen_at, ticket.seeking = placed.widen_at, False
    if was_unrouted:
        work.tell(tickets.Offered, offers=list(placed.offers))
    else:
        work.tell(tickets.Widened, offers=list(placed.offers), reason=reason)


async def _all_asked(work: Work) -> None:
    """Everybody within reach was asked: it stays offered, and the supervisor is told, once."""
    ticket = work.ticket
    seek(ticket, work.now)
    if EXHAUSTED not in ticket.marks:
        ticket.marks = ticket.marks | {EXHAUSTED: work.now.isoformat()}
        told = await supervisors_of(work.unit.connection, ticket.unit_path, "commune")
        work.tell(tickets.Escalated, level="commune", what="silence", told=told)


async def _nobody(work: Work, placed: Placed) -> None:
    reason = placed.reason or "no_team_near"
    if work.ticket.status == Status.UNROUTED:
        work.ticket.unrouted_reason = reason
        seek(work.ticket, work.now)
        return
    await write(work, placed)
    await unrouted(work, reason)
