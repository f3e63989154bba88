"""The room of policies: what is promised, by whom and from when, and what becomes of open tickets when it changes."""

from pathlib import Path

from services.assign.policies import api, pages
from services.assign.policies.applying import Applying
from shared.service import Service
from shared.web.languages import words


def install(service: Service) -> None:
    """Answer programs and browsers; carry changes to open tickets."""
    words.add(Path(__file__).parent / "words.toml")
    applying = service.cycle("policies", Applying(service.store, service.clock).work)
    service.app.state.policies_changed = applying.wake
    service.app.include_router(api.router)
    service.app.include_router(pages.router)
