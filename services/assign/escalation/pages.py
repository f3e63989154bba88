"""`/supervisor/auditor`: for anyone on duty, whether any open request is forgotten, and whether it still looks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from services.assign.escalation.auditor import Auditor, Finding
from services.assign.escalation.store import Planned
from services.assign.reporting.api import unit_for
from services.assign.reporting.supervisor.frame import HERE as SUPERVISOR
from services.assign.reporting.supervisor.watchers import WATCHERS
from shared.clock import Clock
from shared.identity import Principal, Role, holds_unit
from shared.service import service_of
from shared.web.asking import Somebody, has_role
from shared.web.templates import Templates

templates = Templates(Path(__file__).parent, SUPERVISOR)
router = APIRouter(include_in_schema=False)
MOST_NAMED = 20
ON_DUTY = (Role.SUPERVISOR, Role.OPERATOR, Role.ADMINISTRATOR, Role.SYSTEM)


@dataclass(frozen=True, slots=True)
class Named:
    """The first tickets of the reader's territory, and how many more there are in it and elsewhere."""

    here: Sequence[Planned]
    more: int
    elsewhere: int


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page says. Times are by the installation's clock."""

    finding: Finding
    looked_at: datetime
    due_ran_at: datetime | None
    silent: bool
    due_silent: bool
    without: Named
    late: Named
    failing: int

    @property
    def well(self) -> bool:
        found = self.finding.found
        return not (self.silent or self.due_silent or found.without or found.late or self.failing)


@router.get("/supervisor/auditor", response_class=HTMLResponse)
async def page(request: Request, somebody: Somebody) -> Response:
    """The last finding in plain words; codes only where the reader may see the ticket."""
    if somebody is None:
        return RedirectResponse("/sign-in", 303)
    who = has_role(somebody, *ON_DUTY)
    service = service_of(request)
    async with service.store.read() as connection:
        place = await unit_for(connection, who, None)
    auditor: Auditor = request.app.state.auditor
    return templates.render(
        request,
        "auditor.html",
        who=who,
        place=place,
        watches=who.role in WATCHERS,
        shown=_shown(auditor, auditor.finding, who, service.clock) if auditor.finding else None,
    )


def _shown(auditor: Auditor, finding: Finding, who: Principal, clock: Clock) -> Shown:
    found, silent = finding.found, auditor.due_is_silent()
    ran = auditor.due_ran() or (auditor.begun_at if silent else None)
    return Shown(
        finding=finding,
        looked_at=finding.checked_at + clock.offset,
        due_ran_at=ran + clock.offset if ran else None,
        silent=auditor.is_silent(),
        due_silent=silent,
        without=_named(found.named, found.without, who),
        late=_named(found.late, len(found.late), who),
        failing=len(finding.failing),
    )


def _named(found: Sequence[Planned], number: int, who: Principal) -> Named:
    here = [one for one in found if holds_unit(who, one.unit_path)]
    return Named(here[:MOST_NAMED], max(0, len(here) - MOST_NAMED), number - len(here))
