"""Does what a resident asks on the page: sent on to assign, or filed as a further request of the same ticket."""

import asyncio
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError
from starlette.requests import Request

from services.intake.requests.desk import Desk
from services.intake.requests.draft import Draft
from services.intake.requests.filing import NONCE_AGE, Key
from services.intake.tracking.assign import Assign, Outcome
from services.intake.tracking.store import Tracked, track
from shared.service import Service
from shared.web.addresses import client_address
from shared.web.forms import Nonces
from shared.web.languages import Translator
from shared.web.problems import Problem

LOOKS = 15
LOOK_S = 0.1
"""The event of what was done is waited for that often: the page should show it."""
LONGEST_TEXT = 2000
_WHY_NOT = {422: Outcome.NOT_NOW, 429: Outcome.TOO_OFTEN}
"""What a Problem of the desk means for further words; any other: it is away."""


class Acting:
    """The deeds of residents."""

    def __init__(self, service: Service, desk: Desk, assign: Assign) -> None:
        self._service = service
        self._desk = desk
        self._assign = assign
        self._nonces = Nonces(service.settings.secret_key)

    async def do(
        self, request: Request, tracked: Tracked, action: str, form: Mapping[str, Any], t: Translator
    ) -> Outcome:
        """Do it once; `form` holds `text`, `stars` or `nonce`, as the action needs."""
        text = str(form.get("text", "")).strip()[:LONGEST_TEXT]
        if action == "words":
            return await self._add_words(request, tracked, text, str(form.get("nonce", "")))
        body: dict[str, Any] = {"phone_last4": tracked.request.phone[-4:]}
        if action == "rating":
            if (stars := str(form.get("stars", ""))) not in ("1", "2", "3", "4", "5"):
                return Outcome.REFUSED
            body |= {"stars": int(stars)} | ({"comment": text} if text else {})
        elif action in ("cancellation", "reopening"):
            body["reason"] = text or t(f"tracking.reason.{action}")
        return await self._assign.do(tracked.request.code, action, body, address=client_address(request))

    async def newer(self, tracked: Tracked) -> Tracked:
        """The ticket once the event of what was done has arrived, or as it is after a moment."""
        before = tracked.status.version if tracked.status else 0
        latest = tracked
        for _ in range(LOOKS):
            async with self._service.store.read() as connection:
                latest = await track(connection, tracked.request.code) or latest
            if latest.status and latest.status.version != before:
                break
            await asyncio.sleep(LOOK_S)
        return latest

    async def _add_words(self, request: Request, tracked: Tracked, text: str, nonce: str) -> Outcome:
        id = self._nonces.read(nonce)
        if id is None:
            return Outcome.REFUSED
        try:
            key = Key(f"nonce:{id}", b"", self._service.clock.now() + NONCE_AGE)
            await self._desk.take(request, _further(tracked, text), key)
        except ValidationError:  # nothing in it, or what is no text
            return Outcome.REFUSED
        except Problem as problem:
            return _WHY_NOT.get(problem.status, Outcome.AWAY)
        return Outcome.DONE


def _further(tracked: Tracked, text: str) -> Draft:
    first = tracked.request
    return Draft(
        category=first.category,
        description=text,
        phone=first.phone,
        requester_name=first.requester_name,
        commune_code=first.commune.partition("@")[0],
        village_id=first.village_id,
        lat=first.lat,
        lon=first.lon,
        channel="web",
        language=first.language,  # pyright: ignore[reportArgumentType]  (stored from a draft)
        add_to=first.code,
    )
