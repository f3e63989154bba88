"""Keep the figures with each change of a ticket, in its own unit of work."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from services.assign.counting import store
from services.assign.counting.facts import count
from services.assign.sla.clocks import CLOCKS
from services.assign.sla.promised import Promised
from services.assign.tickets.next_action import pauses_of
from services.assign.tickets.tables import Ticket
from shared.store import Unit
from shared.working_time import elapsed

UNCOUNTED = frozenset({"clocks.warned", "clocks.breached", "tickets.escalated"})
"""Many at one moment, and no figure is made of them: a clock is missed from its due time on, told or not."""
Changed = tuple[Ticket, Sequence[Mapping[str, Any]]]


async def keep(unit: Unit, changed: Sequence[Changed]) -> None:
    """Count tickets anew after these changes of each. The caller writes the tickets afterwards."""
    rows: list[dict[str, Any]] = []
    for ticket, changes in changed:
        if ticket.counted is None or not all(change["event"] in UNCOUNTED for change in changes):
            note_times(ticket)
            rows += count(ticket, changes)
    await store.add(unit, rows)


def note_times(ticket: Ticket) -> None:
    """The working seconds until each clock was met, by the calendar that was promised then."""
    for clock in CLOCKS:
        met_at: datetime | None = getattr(ticket, f"{clock}_met_at")
        if met_at is None:
            setattr(ticket, f"{clock}_worked_s", None)
        elif getattr(ticket, f"{clock}_worked_s") is None:
            calendar = Promised.from_dict(ticket.policy).calendar
            worked_s = elapsed(calendar, ticket.submitted_at, met_at, pauses_of(ticket))
            setattr(ticket, f"{clock}_worked_s", worked_s)
