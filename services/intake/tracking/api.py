"""`POST /api/v1/requests/{code}/lookup`: where a request stands, for whoever knows its code and the number's end."""

import math
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from services.intake.tracking.guessing import TriedTooOften, look_up
from services.intake.tracking.shown import status_of, targets_of, team_of, timeline_of
from services.intake.tracking.store import Tracked
from shared.codes import parse_code
from shared.service import Service
from shared.web.addresses import household
from shared.web.api import ApiRoute
from shared.web.languages import Translator, caller_language, say
from shared.web.problems import Problem


class Pair(BaseModel):
    """The last four digits of the number that the request was filed for."""

    phone_last4: Annotated[str, Field(max_length=20)]


class Targets(BaseModel):
    """Until when it is to be accepted and resolved."""

    response_due: datetime
    resolution_due: datetime


class TeamShown(BaseModel):
    """The team asked first, or the one that has it."""

    name: str
    phone: str | None = None


class EntryShown(BaseModel):
    """One thing that happened; `text` in the caller's language."""

    at: datetime
    event: str
    text: str


class Tracking(BaseModel):
    """Where a request stands."""

    code: str
    status: str
    category: str
    submitted_at: datetime
    targets: Targets
    team: TeamShown | None = None
    timeline: list[EntryShown]


def router(service: Service) -> APIRouter:
    routes = APIRouter(prefix="/api/v1", tags=["tracking"], route_class=ApiRoute)

    @routes.post("/requests/{code}/lookup", response_model_exclude_none=True)
    async def lookup(code: str, pair: Pair, request: Request) -> Tracking:
        """Where it stands. A wrong pair and a mistyped code look alike: 404. Wrong tries are counted: 429."""
        tracked = await looked_up(service, request, code, pair.phone_last4)
        if tracked is None:
            raise Problem(404)
        return _shown(tracked, service.clock.now(), Translator(caller_language(request)))

    return routes


async def looked_up(service: Service, request: Request, code: str, last4: str) -> Tracked | None:
    """Look up for this caller. Problem 429: tried too often."""
    now = service.clock.now()
    try:
        return await look_up(
            service.store,
            parse_code(code),
            last4.strip(),
            address=household(request),
            secret=service.settings.secret_key,
            now=now,
        )
    except TriedTooOften as error:
        wait = max(1, math.ceil((error.until - now).total_seconds()))
        said = say("tracking.too_often", minutes=math.ceil(wait / 60), hotline=service.settings.hotline)
        raise Problem(429, said, headers={"Retry-After": str(wait)}) from None


def _shown(tracked: Tracked, now: datetime, t: Translator) -> Tracking:
    response_due, resolution_due = targets_of(tracked)
    team = team_of(tracked)
    return Tracking(
        code=tracked.request.code,
        status=status_of(tracked),
        category=tracked.status.category if tracked.status else tracked.request.category,
        submitted_at=tracked.request.submitted_at,
        targets=Targets(response_due=response_due, resolution_due=resolution_due),
        team=TeamShown(name=team.name, phone=team.phone) if team else None,
        timeline=[EntryShown(at=each.at, event=each.event, text=each.text) for each in timeline_of(tracked, now, t)],
    )
