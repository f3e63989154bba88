"""The room of files: what is asked for as CSV or XLSX, and the folder in which files are made."""

from services.assign.reporting.exports import figures_files, pages, tickets_files
from services.assign.reporting.exports.making import Maker
from services.assign.reporting.exports.shelf import Shelf
from shared.service import Service

NET_S = 300.0
FOLDER = "exports"
"""Within `CAUNOI_HOME`."""


def install(service: Service) -> None:
    """Answer browsers; sweep at the start and every few minutes."""
    maker = Maker(service, Shelf(service.settings.caunoi_home / FOLDER))
    service.app.state.exports = maker
    service.cycle("exports", maker.work, net_s=NET_S)
    service.on_stop(maker.stop)
    for room in (figures_files, tickets_files, pages):
        service.app.include_router(room.router)
