"""A ticket's next action, done when its time has come. Each step of a clock is done once.

After downtime: every clock step that fell due is done in order, each once, with the due time it really had; of missed
widenings only one is made up for, so that a night without power does not ask a whole district at once. Why:
`docs/decisions/0041-late-steps.md`.
"""

from services.assign.escalation.told import Watching
from services.assign.sla.clocks import STEP_BY_NAME, ClockName, StepKind
from services.assign.tickets.actions.asking import ask_next
from services.assign.tickets.actions.resolution import close
from services.assign.tickets.actions.working import resume
from services.assign.tickets.next_action import ASKS, running_clocks
from services.assign.tickets.work import Work
from shared.events import tickets

MOST_A_VISIT = 20
"""More than both clocks have; a ticket that would need more does not come to rest."""


class Restless(Exception):
    """A ticket whose next action is always due."""


async def do_all_due(work: Work, watching: Watching) -> list[str]:
    """Every step that is due, in order, up to the next that asks teams; what was done. It writes nothing."""
    done: list[str] = []
    while (what := work.ticket.next_action) and what not in ASKS and _is_due(work):
        if len(done) == MOST_A_VISIT:
            raise Restless(what)
        await _do(work, what, watching)
        work.settle()
        done.append(what)
    return done


async def ask_another(work: Work) -> None:
    """Ask one more team, because of silence or because a place is free; the caller saves."""
    await ask_next(work, "silence" if work.ticket.next_action == "widen" else "capacity")


def _is_due(work: Work) -> bool:
    return work.ticket.next_at is not None and work.ticket.next_at <= work.now


async def _do(work: Work, what: str, watching: Watching) -> None:
    if step := STEP_BY_NAME.get(what):
        _step(work, *step, watching)
    elif what == "review":
        _remind(work, watching)
    elif what == "resume":
        await resume(work)
    elif what == "close":
        await close(work)


def _remind(work: Work, watching: Watching) -> None:
    """No clock has a step left, and still nobody has helped: whoever watches over it hears of it again."""
    clock = next(iter(running_clocks(work.ticket)), None)
    if clock and (told := watching.over(work.ticket, "commune")):
        work.tell(tickets.Escalated, level="commune", what=clock, told=told, again=True)


def _step(work: Work, clock: ClockName, kind: StepKind, watching: Watching) -> None:
    ticket = work.ticket
    ticket.marks = ticket.marks | {f"{clock}_{kind}": work.now.isoformat()}
    due_at = ticket.response_due if clock == "response" else ticket.resolution_due
    if kind == "warned":
        work.tell(tickets.Warned, clock=clock, due_at=due_at)
    elif kind == "breached":
        setattr(ticket, f"{clock}_breached_at", due_at)
        work.tell(tickets.Breached, clock=clock, due_at=due_at)
    elif told := watching.over(ticket, kind):
        work.tell(tickets.Escalated, level=kind, what=clock, told=told)
