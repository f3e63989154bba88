"""The room of figures: what programs ask, and the supervisor's pages."""

from pathlib import Path

from services.assign.reporting import api
from shared.service import Service
from shared.web.languages import words


def install(service: Service) -> None:
    words.add(Path(__file__).parent / "words.toml")
    service.app.include_router(api.router)
