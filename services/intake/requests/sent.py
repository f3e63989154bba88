"""The page after sending: the code, large; who answers until when; what happens next."""

from pathlib import Path

from fastapi import Request, Response

from services.intake.catalogue.memory import Catalogue
from services.intake.requests.receipts import Receipts
from services.intake.requests.store import request_by_id
from services.intake.tracking.store import team_name
from shared.service import Service
from shared.web.templates import Templates


class SentPage:
    """Shown to whoever holds the receipt of a request."""

    def __init__(self, service: Service, catalogue: Catalogue) -> None:
        self._store = service.store
        self._catalogue = catalogue
        self._receipts = Receipts(service.settings.secret_key)
        self._templates = Templates(Path(__file__).parent)

    async def show(self, request: Request, code: str, sent: str) -> Response | None:
        """None where the receipt is not one of a request with this code."""
        id = self._receipts.read(sent)
        if id is None:
            return None
        async with self._store.read() as connection:
            filed = await request_by_id(connection, id)
            if filed is None or filed.code != code:
                return None
            village = self._catalogue.village(filed.village_id) if filed.village_id else None
            team = await team_name(connection, village.team_code) if village and village.team_code else None
        category = self._catalogue.category(filed.category)
        urgent = category is not None and category.urgent
        return self._templates.render(request, "sent.html", filed=filed, team=team, urgent=urgent)
