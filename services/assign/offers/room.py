"""The room of offers: what programs ask of it."""

from pathlib import Path

from services.assign.offers import api
from shared.service import Service
from shared.web.languages import words


def install(service: Service) -> None:
    words.add(Path(__file__).parent / "words.toml")
    service.app.include_router(api.router)
