"""`GET /api/v1/teams/nearest`: whom a request from a place would be put before, and why. Nothing is written."""

from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field, StringConstraints

from services.assign.offers.nearest import Considered, Need, Penalties, Why
from services.assign.offers.placing import look
from services.assign.offers.store import Spot
from services.assign.places import store as places
from services.assign.places.outlines import commune_of_pin
from services.assign.places.tables import AdministrativeUnit
from services.assign.policies.store import policies_of
from shared.clock import local
from shared.identity import Role
from shared.service import service_of
from shared.store import Unit
from shared.web.asking import SignedIn, has_role
from shared.web.languages import say
from shared.web.problems import Problem
from shared.web.values import Latitude, Longitude

router = APIRouter(prefix="/api/v1/teams", tags=["teams"])
SHOWN = 20
READERS = (Role.OPERATOR, Role.SUPERVISOR, Role.ADMINISTRATOR, Role.SYSTEM)


class NearTeam(BaseModel):
    """A team as it would be considered. `open`: accepted tickets, an open offer counting as half."""

    team: str
    team_name: str
    metres: float
    open: float
    skills: bool = Field(description="whether somebody in it has the skill")
    why: Why


@router.get("/nearest")
async def nearest(
    request: Request,
    principal: SignedIn,
    lat: Latitude,
    lon: Longitude,
    category: Annotated[str, StringConstraints(max_length=40)] = "other",
) -> list[NearTeam]:
    """The nearest teams of a place, nearest first: `chosen` would be asked now, the others would not, and why."""
    has_role(principal, *READERS)
    service = service_of(request)
    async with service.store.begin() as unit:
        commune = await _commune(unit, lat, lon)
        found = await policies_of(unit.connection, {category}, set(commune.path) if commune else set())
        if not found.knows(category):
            raise Problem(422, errors={"category": say("offers.unknown_category")})
        policy = found.nearest(category, commune.path if commune else [], local(service.clock.now()).date())
        by = Penalties(policy.no_skill_m, policy.no_language_m, policy.open_offer_m, policy.accepted_m)
        need = Need(category, reach_m=policy.reach_m, penalties=by, most_held=policy.most_held)
        decision, _ = await look(unit, Spot(lat, lon, commune.key if commune else ""), need, policy.first_teams)
    nearest_first = decision.considered
    farther_chosen = [seen for seen in nearest_first[SHOWN:] if seen.why is Why.CHOSEN]
    return [_shown(seen, category) for seen in (*nearest_first[:SHOWN], *farther_chosen)]


async def _commune(unit: Unit, lat: float, lon: float) -> AdministrativeUnit | None:
    """The commune the pin lies in comes first; a pin outside every outline has none, and distance alone counts."""
    code = commune_of_pin(lat, lon, "")
    return await places.unit_by_code(unit.connection, code) if code else None


def _shown(seen: Considered, category: str) -> NearTeam:
    team = seen.team
    return NearTeam(
        team=team.code,
        team_name=team.name,
        metres=round(team.metres, 1),
        open=team.load,
        skills=category in team.skills,
        why=seen.why,
    )
