"""A ticket's life as one table: what may be done in which state, what comes of it, and who may do it.

Pure: no I/O. `tests/service/assign_tickets/test_state_table.py` walks every cell.
"""

from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """Where a ticket stands."""

    NEW = "new"
    OFFERED = "offered"
    UNROUTED = "unrouted"
    ACCEPTED = "accepted"
    IN_PROGRESS = "in_progress"
    WAITING = "waiting"
    RESOLVED = "resolved"
    REOPENED = "reopened"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class Action(StrEnum):
    """What somebody may do with a ticket; the name of the resource that is created."""

    ACCEPTANCE = "acceptance"
    REFUSAL = "refusal"
    START = "start"
    WAITING = "waiting"
    RESUMPTION = "resumption"
    RESOLUTION = "resolution"
    CLOSURE = "closure"
    REOPENING = "reopening"
    CANCELLATION = "cancellation"
    RATING = "rating"
    REASSIGNMENT = "reassignment"


class Who(StrEnum):
    """In which part somebody acts on this ticket."""

    ASKED = "asked"
    """A member of a team that holds an open offer, or a supervisor for one."""
    OWNER = "owner"
    """A member of the team that accepted, or a supervisor for one."""
    SUPERVISOR = "supervisor"
    OPERATOR = "operator"
    RESIDENT = "resident"


ENDED = frozenset({Status.CLOSED, Status.CANCELLED})
OWNED = frozenset({Status.ACCEPTED, Status.IN_PROGRESS, Status.WAITING, Status.REOPENED})
"""A team holds it: counts against that team's capacity."""
SEEKING = frozenset({Status.OFFERED, Status.UNROUTED})
"""Nobody has it yet."""
OPEN = frozenset(Status) - ENDED - {Status.RESOLVED}
REROUTED = Status.NEW
"""Target of a cell whose ticket is routed again: it becomes offered or unrouted in the same unit of work."""


@dataclass(frozen=True, slots=True)
class Rule:
    """From each state in `to` to the state beside it, by those in `who`."""

    who: frozenset[Who]
    to: dict[Status, Status]


_S, _W = Status, Who
TABLE: dict[Action, Rule] = {
    Action.ACCEPTANCE: Rule(frozenset({_W.ASKED}), {_S.OFFERED: _S.ACCEPTED}),
    Action.REFUSAL: Rule(frozenset({_W.ASKED, _W.OWNER}), {_S.OFFERED: _S.OFFERED, _S.REOPENED: REROUTED}),
    Action.START: Rule(frozenset({_W.OWNER}), {_S.ACCEPTED: _S.IN_PROGRESS, _S.REOPENED: _S.IN_PROGRESS}),
    Action.WAITING: Rule(frozenset({_W.OWNER}), dict.fromkeys((_S.ACCEPTED, _S.IN_PROGRESS, _S.REOPENED), _S.WAITING)),
    Action.RESUMPTION: Rule(frozenset({_W.OWNER}), {_S.WAITING: _S.IN_PROGRESS}),
    Action.RESOLUTION: Rule(frozenset({_W.OWNER}), dict.fromkeys(OWNED, _S.RESOLVED)),
    Action.CLOSURE: Rule(frozenset({_W.SUPERVISOR, _W.RESIDENT}), {_S.RESOLVED: _S.CLOSED}),
    Action.REOPENING: Rule(frozenset({_W.SUPERVISOR, _W.OPERATOR, _W.RESIDENT}), {_S.RESOLVED: _S.REOPENED}),
    Action.CANCELLATION: Rule(
        frozenset({_W.SUPERVISOR, _W.OPERATOR, _W.RESIDENT}), dict.fromkeys(SEEKING | OWNED, _S.CANCELLED)
    ),
    Action.RATING: Rule(frozenset({_W.RESIDENT}), {_S.RESOLVED: _S.RESOLVED, _S.CLOSED: _S.CLOSED}),
    Action.REASSIGNMENT: Rule(frozenset({_W.SUPERVISOR}), dict.fromkeys(SEEKING | OWNED, REROUTED)),
}


def next_status(action: Action, status: Status) -> Status | None:
    """What becomes of a ticket; None where the action is not possible now."""
    return TABLE[action].to.get(status)


def may(action: Action, parts: frozenset[Who]) -> bool:
    """Whether one of the parts somebody has may do it."""
    return bool(TABLE[action].who & parts)
