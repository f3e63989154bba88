"""The room of calendars: when units work, and the turn of the year."""

from pathlib import Path

from services.assign.calendars import api, pages
from services.assign.calendars.horizon import Horizon
from shared.service import Service
from shared.web.languages import words

NET_S = 3600.0


def install(service: Service) -> None:
    """Answer programs and browsers; learn the next year's holidays in time."""
    words.add(Path(__file__).parent / "words.toml")
    service.app.include_router(api.router)
    service.app.include_router(pages.router)
    service.cycle("calendar-horizon", Horizon(service.store, service.clock).work, net_s=NET_S)
