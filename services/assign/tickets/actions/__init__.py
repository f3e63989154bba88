"""What may be done with a ticket, one small function for each; `lifecycle.TABLE` says when and by whom."""

from collections.abc import Awaitable, Callable
from typing import Any

from services.assign.tickets.actions.acceptance import accept
from services.assign.tickets.actions.cancellation import Cancellation, Reassignment, cancel, reassign
from services.assign.tickets.actions.ground import Asker, Body, NotPossible
from services.assign.tickets.actions.refusal import Refusal, refuse
from services.assign.tickets.actions.resolution import (
    Closure,
    Rating,
    Reopening,
    Resolution,
    close,
    rate,
    reopen,
    resolve,
)
from services.assign.tickets.actions.working import Waiting, resume, start, wait
from services.assign.tickets.lifecycle import Action, Status, may, next_status
from services.assign.tickets.work import Work

Perform = Callable[[Work, Asker, Any], Awaitable[None]]

ACTIONS: dict[Action, tuple[type[Body], Perform]] = {
    Action.ACCEPTANCE: (Body, accept),
    Action.REFUSAL: (Refusal, refuse),
    Action.START: (Body, start),
    Action.WAITING: (Waiting, wait),
    Action.RESUMPTION: (Body, resume),
    Action.RESOLUTION: (Resolution, resolve),
    Action.CLOSURE: (Closure, close),
    Action.REOPENING: (Reopening, reopen),
    Action.CANCELLATION: (Cancellation, cancel),
    Action.RATING: (Rating, rate),
    Action.REASSIGNMENT: (Reassignment, reassign),
}


class Forbidden(Exception):
    """It is not for this person; the ticket does not exist for them (404)."""


async def perform(work: Work, action: Action, asker: Asker, body: Body) -> None:
    """Do it under the state table's guard. Forbidden, NotPossible, WrongValue; nothing is written then."""
    if not may(action, asker.parts):
        raise Forbidden
    if next_status(action, Status(work.ticket.status)) is None:
        raise NotPossible
    await ACTIONS[action][1](work, asker, body)
    await work.save()
