"""What the operator says aloud: which team answers, until when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.intake.catalogue.memory import Catalogue
from services.intake.catalogue.places import Category, Commune, Village
from services.intake.requests.form import Typed
from services.intake.tracking.assign import Assign
from services.intake.tracking.shown import status_of, targets_of, team_of
from services.intake.tracking.store import Tracked
from shared.clock import local

SHOWN = 5


@dataclass(frozen=True)
class Answer:
    """A filed ticket: `is_settled` once a team was asked or none could be."""

    code: str
    status: str
    team: str | None
    response_due: datetime
    is_settled: bool


@dataclass(frozen=True)
class NearTeam:
    """A team near the place, with its load (accepted tickets; an open offer is half a one)."""

    name: str
    metres: float
    load: float
    would_be_asked: bool


@dataclass(frozen=True)
class Outlook:
    """Before filing: who is near, and what would be promised."""

    place: str
    response_due: datetime | None
    teams: Sequence[NearTeam]
    assign_is_away: bool


def answer_of(tracked: Tracked) -> Answer:
    """Where a filed ticket stands, for the ear."""
    team, status = team_of(tracked), status_of(tracked)
    return Answer(tracked.request.code, status, team.name if team else None, targets_of(tracked)[0], status != "new")


async def outlook(catalogue: Catalogue, assign: Assign, form: Typed, now: datetime, token: str) -> Outlook | None:
    """For what stands in the form now; None until it names a commune."""
    commune = catalogue.commune(form["commune_code"], local(now).date())
    if commune is None:
        return None
    village = catalogue.village(form["village_id"])
    category = catalogue.category(form["category"])
    point = (village.point if village else None) or commune.point
    near = await assign.nearest(*point, category.code if category else "other", token) if point else []
    return Outlook(
        place=_place(commune, village),
        response_due=_due(catalogue, category, commune, now),
        teams=[_team(each) for each in (near or [])[:SHOWN]],
        assign_is_away=near is None,
    )


def _place(commune: Commune, village: Village | None) -> str:
    return f"{village.name}, {commune.full_name}" if village and village.commune == commune.key else commune.full_name


def _due(catalogue: Catalogue, category: Category | None, commune: Commune, now: datetime) -> datetime | None:
    promise = catalogue.promise(category.code, commune, local(now).date()) if category else None
    return promise.due(now)[0] if promise else None


def _team(near: Mapping[str, Any]) -> NearTeam:
    name = str(near.get("team_name") or near["team"])
    return NearTeam(name, float(near["metres"]), float(near["open"]), near["why"] == "chosen")
