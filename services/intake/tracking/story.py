"""A ticket's events as residents may follow them: which are told, which facts are kept, and who is asked at the end.

Pure. What is kept for a page are names of teams, times and counts; never a note, a number or a reason a person wrote.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from shared.events import tickets
from shared.events.tickets import TicketEvent

TOLD = (
    tickets.Offered,
    tickets.Widened,
    tickets.Unrouted,
    tickets.Accepted,
    tickets.Started,
    tickets.Waiting,
    tickets.Resumed,
    tickets.HandedOver,
    tickets.Resolved,
    tickets.Closed,
    tickets.Reopened,
    tickets.Rated,
    tickets.Cancelled,
    tickets.Reassigned,
    tickets.Merged,
    tickets.Joined,
    tickets.Corrected,
    tickets.Escalated,
)
"""Events with a sentence in the timeline."""
SILENT = (tickets.Declined, tickets.Taken, tickets.Warned, tickets.Breached, tickets.Repromised)
"""Events that only carry the state: nobody is blamed before a neighbour."""
_ENDS_A_ROUND = frozenset({"offered", "reassigned", "unrouted"})
"""Who was asked before is asked no more."""
_FACTS = ("word", "until", "outcome", "closes_at", "stars", "into", "level", "reason")


def is_told(event: TicketEvent) -> bool:
    """Whether residents read of it. A leader, or anybody who is reminded again, is not their affair."""
    if isinstance(event, tickets.Escalated):
        return event.level != "leader" and not event.again
    return isinstance(event, TOLD)


def name(event: TicketEvent) -> str:
    """`tickets.offered` → `offered`."""
    return event.type.rpartition(".")[2]


def facts(event: TicketEvent) -> dict[str, Any]:
    """What its sentence needs, as plain JSON."""
    plain = event.model_dump(mode="json", include={*_FACTS, "team", "team_name", "offers"})
    offers = plain.pop("offers", None)
    kept = {key: value for key, value in plain.items() if value is not None}
    if not isinstance(event, tickets.Waiting | tickets.Unrouted | tickets.Escalated):
        kept.pop("reason", None)
    if offers:
        kept["asked"] = [{"team": offer["team"], "team_name": offer["team_name"]} for offer in offers]
    return kept


def asked_team(story: Iterable[tuple[str, Mapping[str, Any]]]) -> str | None:
    """The name of the team asked first, in the round under way, of those that did not decline.

    `story` is (event, facts), oldest first: the timeline, and `declined` with its team.
    """
    asked: dict[str, str] = {}
    for event, kept in story:
        if event in _ENDS_A_ROUND:
            asked.clear()
        if event == "declined":
            asked.pop(kept["team"], None)
        for offer in kept.get("asked", ()):
            asked.setdefault(offer["team"], offer["team_name"])
    return next(iter(asked.values()), None)
