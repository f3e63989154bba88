"""One unit of work on one ticket: the locked row, who acts and when, and what will be written and told at its end."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from services.assign.counting.keeping import keep
from services.assign.offers.store import offers_of
from services.assign.offers.tables import Offer
from services.assign.tickets import store
from services.assign.tickets.next_action import next_action
from services.assign.tickets.tables import Ticket
from shared.events.tickets import Actor, Place, TicketEvent
from shared.store import Unit

SYSTEM = Actor(kind="system")


@dataclass
class Work:
    """Actions change `ticket` and call `tell`; `save` writes the row, the history and the outbox together."""

    unit: Unit
    ticket: Ticket
    actor: Actor
    now: datetime
    made: Sequence[Offer] | None = None
    """All offers as they were at the beginning, oldest first; read when first needed."""
    changes: list[dict[str, Any]] = field(default_factory=list)
    wrote_at: datetime | None = None
    """When it was asked for, where that was earlier than now: by SMS, of which we heard late."""

    @property
    def happened_at(self) -> datetime:
        """By this targets are judged: not by when somebody looked."""
        return self.wrote_at or self.now

    async def offers(self) -> Sequence[Offer]:
        """All offers of the ticket as they were when first asked for, oldest first."""
        if self.made is None:
            self.made = await offers_of(self.unit, self.ticket.code)
        return self.made

    def tell(self, event: type[TicketEvent], note: str | None = None, **facts: Any) -> None:
        """One entry in the history, one event. A note stays in the history: events carry no text of people."""
        self.ticket.version += 1
        told = event(**self._common(), **facts)
        self._record(event.type, note, told.model_dump(mode="json", include=set(facts)))
        self.unit.publish(told, about=self.ticket.code, province=self.ticket.province, at=self.now)

    def record(self, event: str, note: str | None = None, **facts: Any) -> None:
        """An entry in the history alone, of something that others know already."""
        self.ticket.version += 1
        self._record(event, note, facts)

    def _record(self, event: str, note: str | None, facts: dict[str, Any]) -> None:
        entry = {
            "code": self.ticket.code,
            "version": self.ticket.version,
            "at": self.now,
            "event": event,
            "status": self.ticket.status,
        }
        who = {"actor_kind": self.actor.kind, "actor_id": self.actor.id}
        self.changes.append(entry | who | {"note": note, "facts": facts})

    def settle(self) -> None:
        """What comes next, and when."""
        coming = next_action(self.ticket, self.now)
        self.ticket.next_action, self.ticket.next_at = (coming.what, coming.at) if coming else (None, None)

    async def save(self) -> None:
        """Write everything within the unit of work."""
        self.settle()
        await write_all(self.unit, [self])

    def _common(self) -> dict[str, Any]:
        ticket = self.ticket
        return {
            "code": ticket.code,
            "version": ticket.version,
            "at": self.now,
            "actor": self.actor,
            "status": ticket.status,
            "category": ticket.category,
            "urgent": ticket.urgent,
            "place": place_of(ticket),
            "unit_path": ticket.unit_path,
            "requests": ticket.requests,
            "response_due": ticket.response_due,
            "resolution_due": ticket.resolution_due,
            "team": ticket.team,
            "team_name": ticket.team_name,
            "member": ticket.member,
        }


async def write_all(unit: Unit, works: Sequence[Work]) -> None:
    """Write what came of several tickets at once; each is settled."""
    await keep(unit, [(work.ticket, work.changes) for work in works])
    await store.save(unit, [work.ticket for work in works])
    await store.add_changes(unit, [change for work in works for change in work.changes])


def place_of(ticket: Ticket) -> Place:
    """Where the help is needed, as events say it."""
    return Place(
        province=ticket.province,
        commune=ticket.commune,
        commune_code=ticket.commune_code,
        commune_name=ticket.commune_name,
        village_id=ticket.village_id,
        village_name=ticket.village_name,
        former_commune=ticket.former_commune,
    )
