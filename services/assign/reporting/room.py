"""The room of figures: what programs ask, and the supervisor's pages."""

from pathlib import Path

from services.assign.reporting import api
from services.assign.reporting.exports import room as exports
from services.assign.reporting.fairness import pages as fairness
from services.assign.reporting.sheet import pages as sheet
from services.assign.reporting.supervisor import bulk_pages, pages
from services.assign.reporting.supervisor.board import pages as board
from services.assign.reporting.supervisor.live import pages as live
from services.assign.reporting.supervisor.live.watch import Watch
from shared.service import Service
from shared.web.languages import words


def install(service: Service) -> None:
    """Answer programs and browsers."""
    words.add(Path(__file__).parent / "words.toml")
    service.app.include_router(api.router)
    watch = service.app.state.supervisors_watch = Watch(service)
    service.on_stop(watch.stop)
    service.app.include_router(live.router)
    service.app.include_router(board.router)
    service.app.include_router(bulk_pages.router)
    service.app.include_router(pages.router)
    service.app.include_router(sheet.router)
    exports.install(service)
    service.app.include_router(fairness.router)
