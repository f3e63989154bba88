"""A ticket's next action, done when its time has come. Each step of a clock is done once.

After downtime: every clock step that fell due is done in order, each once, with the due time it really had; of missed
widenings only one is made up for, so that a night without power does not ask a whole district at once.
"""

from services.assign.escalation.told import leaders_of, supervisors_of
from services.assign.sla.clocks import STEP_BY_NAME, ClockName, StepKind
from services.assign.tickets.actions.asking import ask_next
from services.assign.tickets.actions.ground import open_offers
from services.assign.tickets.actions.resolution import close
from services.assign.tickets.actions.working import resume
from services.assign.tickets.work import Work
from shared.events import tickets


async def do_next(work: Work) -> None:
    """Do what is due; the caller saves, which says what comes next."""
    what = work.ticket.next_action or ""
    if step := STEP_BY_NAME.get(what):
        await _step(work, *step)
    elif what == "widen":
        await ask_next(work, "silence")
    elif what == "look_again":
        await ask_next(work, "capacity")
    elif what == "resume":
        await resume(work)
    elif what == "close":
        await close(work)


async def _step(work: Work, clock: ClockName, kind: StepKind) -> None:
    ticket = work.ticket
    ticket.marks = ticket.marks | {f"{clock}_{kind}": work.now.isoformat()}
    due_at = ticket.response_due if clock == "response" else ticket.resolution_due
    if kind == "warned":
        work.tell(tickets.Warned, clock=clock, due_at=due_at)
    elif kind == "breached":
        setattr(ticket, f"{clock}_breached_at", due_at)
        work.tell(tickets.Breached, clock=clock, due_at=due_at)
    elif told := await _told(work, kind):
        work.tell(tickets.Escalated, level=kind, what=clock, told=told)


async def _told(work: Work, kind: StepKind) -> list[str]:
    """Who is told: the leaders of the team that has it, or of those asked; else the supervisors of the level."""
    if kind == "leader":
        teams = [work.ticket.team] if work.ticket.team else [offer.team for offer in await open_offers(work)]
        return await leaders_of(work.unit.connection, teams)
    level = "commune" if kind == "commune" else "province"
    return await supervisors_of(work.unit.connection, work.ticket.unit_path, level)
