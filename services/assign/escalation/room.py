"""The room of escalation: the cycle that does what is due, and the auditor over it."""

from pathlib import Path
from typing import Any

from services.assign.escalation import pages
from services.assign.escalation.auditor import EVERY, Auditor
from services.assign.escalation.due import DueActions
from shared.service import Service
from shared.web.languages import words

REST_S = 0.02
"""Under load every commit wakes the cycle; so often at most it looks."""


def install(service: Service) -> None:
    """Run both as long as the service lives; a commit that makes something due sooner wakes the first."""
    words.add(Path(__file__).parent / "words.toml")
    actions = DueActions(service.store, service.clock)
    due = service.cycle("due", actions.work, rest_s=REST_S)
    service.store.on_due(due.expect)
    auditor = Auditor(service.store, service.clock, lambda: due.last_run)
    service.cycle("auditor", auditor.work, net_s=EVERY.total_seconds())
    service.app.state.auditor = auditor
    service.app.include_router(pages.router)

    @service.app.get("/operations/audit", include_in_schema=False)
    async def audit() -> dict[str, Any]:
        """What the auditor found last: a sentence for each problem; counts and codes, nobody's data."""
        return auditor.report()
