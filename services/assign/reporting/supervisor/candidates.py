"""Whom a supervisor may give a ticket to: the nearest teams as they stand now."""

from dataclasses import dataclass

from services.assign.offers.nearest import Why
from services.assign.offers.placing import look
from services.assign.tickets.lifecycle import OWNED
from services.assign.tickets.opening import need_of, spot_of
from services.assign.tickets.tables import Ticket
from shared.store import Unit

SHOWN = 12


@dataclass(frozen=True, slots=True)
class Choice:
    """A team with its metres and load; `hindrance` is why a machine would not have asked it, or None."""

    team: str
    name: str
    metres: float
    load: float
    skills: bool
    hindrance: Why | None


async def choices(unit: Unit, ticket: Ticket) -> list[Choice]:
    """The nearest teams but the one that has it, nearest first; nothing is taken."""
    decision, _ = await look(unit, spot_of(ticket), need_of(ticket), 1)
    holder = ticket.team if ticket.status in OWNED else None
    free = [seen for seen in decision.considered if seen.team.code != holder]
    return [
        Choice(
            seen.team.code,
            seen.team.name,
            seen.team.metres,
            seen.team.load,
            ticket.category in seen.team.skills,
            seen.why if seen.why in (Why.FULL, Why.UNREACHABLE, Why.TOO_FAR) else None,
        )
        for seen in free[:SHOWN]
    ]
