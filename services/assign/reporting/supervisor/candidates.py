"""Whom a supervisor may give a ticket to: the nearest teams as they stand now, those of neighbouring communes apart."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from services.assign.offers.nearest import Considered, Why
from services.assign.offers.placing import look
from services.assign.offers.store import offers_of
from services.assign.reporting.supervisor import store
from services.assign.tickets.lifecycle import OWNED
from services.assign.tickets.opening import need_of, spot_of
from services.assign.tickets.tables import Ticket
from shared.store import Unit

OWN_SHOWN, LENT_SHOWN = 12, 6
_HINDRANCES = (Why.FULL, Why.UNREACHABLE, Why.TOO_FAR, Why.ASKED, Why.DECLINED)


@dataclass(frozen=True, slots=True)
class Choice:
    """A team with its metres and load; `hindrance` is why a machine would not have asked it, or None.

    `lent_by`: the neighbouring commune whose team it is; None for a team of the ticket's own.
    """

    team: str
    name: str
    metres: float
    load: float
    skills: bool
    hindrance: Why | None
    lent_by: str | None = None


@dataclass(frozen=True, slots=True)
class Shared:
    """A team that is near to several tickets: to how many, and how far the farthest of those is."""

    choice: Choice
    near: int
    farthest_m: float


async def choices(unit: Unit, ticket: Ticket) -> list[Choice]:
    """The nearest teams of the commune and of its neighbours but the one that has it; nothing is taken."""
    made = await offers_of(unit, ticket.code)
    asked = frozenset(one.team for one in made if one.outcome == "open")
    decision, _ = await look(unit, spot_of(ticket), need_of(ticket, asked), 1)
    holder = ticket.team if ticket.status in OWNED else None
    free = [seen for seen in decision.considered if seen.team.code != holder]
    at_home = [seen for seen in free if seen.team.in_commune or seen.team.of_village][:OWN_SHOWN]
    lent = [seen for seen in free if not (seen.team.in_commune or seen.team.of_village)][:LENT_SHOWN]
    homes = await _homes(unit.connection, lent)
    return [_choice(seen, ticket.category, homes.get(seen.team.code)) for seen in (*at_home, *lent)]


def nearest_to_lend(found: Iterable[Choice]) -> Choice | None:
    """The nearest team of a neighbouring commune that could take it now."""
    return next((choice for choice in found if choice.lent_by and choice.hindrance is None), None)


async def shared_choices(unit: Unit, tickets: Sequence[Ticket], most: int = OWN_SHOWN) -> list[Shared]:
    """The teams that are near to most of these tickets, the nearest first among equals."""
    seen: dict[str, list[Choice]] = {}
    for ticket in tickets:
        for choice in await choices(unit, ticket):
            seen.setdefault(choice.team, []).append(choice)
    found = [Shared(_plainest(near), len(near), max(one.metres for one in near)) for near in seen.values()]
    return sorted(found, key=lambda one: (-one.near, one.farthest_m))[:most]


def _plainest(near: Sequence[Choice]) -> Choice:
    """Of one team seen from several tickets: as one's own where it is that for any of them."""
    return min(near, key=lambda choice: (choice.lent_by is not None, choice.metres))


async def _homes(connection: AsyncConnection, lent: Sequence[Considered]) -> dict[str, str]:
    return await store.homes(connection, [seen.team.code for seen in lent]) if lent else {}


def _choice(seen: Considered, category: str, lent_by: str | None) -> Choice:
    hindrance = seen.why if seen.why in _HINDRANCES else None
    team = seen.team
    return Choice(team.code, team.name, team.metres, team.load, category in team.skills, hindrance, lent_by)
