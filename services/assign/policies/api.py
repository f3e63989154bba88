"""`/api/v1/policies`: what is promised for each category in a unit, from which day on, and how it is routed."""

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field

from services.assign.calendars.api import COUNTRY, place_of, place_to_change
from services.assign.places import store as places
from services.assign.places.tables import AdministrativeUnit, Policy
from services.assign.policies import store
from services.assign.policies.changing import change, touched, touched_by_removal, withdraw
from services.assign.sla.clocks import PARTS
from shared.service import service_of
from shared.web.api import ApiRoute
from shared.web.asking import SignedIn
from shared.web.languages import say
from shared.web.problems import Problem

router = APIRouter(prefix="/api/v1/policies", route_class=ApiRoute, tags=["policies"])
LONGEST_S = 365 * 86_400
Step = Literal["warned", "leader", "commune", "province"]
Metres = Annotated[float, Field(ge=0, le=200_000, allow_inf_nan=False)]
Seconds = Annotated[float, Field(gt=0, le=LONGEST_S, allow_inf_nan=False)]
Part = Annotated[float, Field(gt=0, le=20, allow_inf_nan=False)]


class PolicyIn(BaseModel):
    """Targets in working seconds; `widen_s` in reachable seconds; metres; `steps` as parts of a target."""

    response_s: Seconds
    resolution_s: Seconds
    urgent: bool = False
    widen_s: Seconds = 1200
    first_teams: int = Field(default=1, ge=1, le=20)
    reach_m: Metres = 15_000
    most_held: int | None = Field(default=None, ge=1, le=100)
    no_skill_m: Metres = 1_500
    no_language_m: Metres = 3_000
    open_offer_m: Metres = 100
    accepted_m: Metres = 200
    steps: dict[Step, Part] = {}
    valid_to: date | None = None


class PolicyShown(PolicyIn):
    """A policy as it was set; `steps` are complete. `unit` is a code, `vn` the whole country."""

    category: str
    unit: str
    valid_from: date | None


class Touched(BaseModel):
    """What a change would mean: open tickets that were promised otherwise. They keep it unless you say `apply`."""

    open_tickets: int


class Changed(Touched):
    """The policy as it is now."""

    policy: PolicyShown


@router.get("")
async def policies(request: Request, principal: SignedIn, unit: str) -> list[PolicyShown]:
    """What counts in a unit (its own and those above it), past and coming ones too."""
    async with service_of(request).store.read() as connection:
        place = await place_of(connection, principal, unit)
        codes = {"": COUNTRY} | {code: code for code in (place.path if place else [])}
        categories = [category.code for category in await places.categories(connection)]
        found = await store.policies_of(connection, categories, codes)
    return [
        _shown(policy, codes[code])
        for category in categories
        for code in codes
        for policy in sorted(found.of.get((category, code), ()), key=lambda policy: policy.valid_from)
    ]


@router.put("/{category}")
async def write(
    request: Request,
    principal: SignedIn,
    category: str,
    wish: PolicyIn,
    unit: str,
    valid_from: date | None = None,
    open_tickets: Annotated[Literal["keep", "apply"] | None, Query()] = None,
    preview: bool = False,
) -> Changed:
    """Promise so from `valid_from` on (absent: as ever). 409 where open tickets are touched and nobody said what."""
    service = service_of(request)
    now = service.clock.now()
    async with service.store.begin() as work:
        place = await place_to_change(work.connection, principal, unit)
        policy = policy_of(category, place, wish, valid_from)
        if category not in {known.code for known in await places.categories(work.connection)}:
            raise Problem(404)
        count = await touched(work.connection, place, policy, now)
        if not preview:
            if count and open_tickets is None:
                raise Problem(409, say("policies.asks", count=str(count)), open_tickets=count)
            await change(work, place, policy, now, principal.id, open_tickets=open_tickets == "apply" and count > 0)
            work.after_commit(request.app.state.policies_changed)
    return Changed(open_tickets=count, policy=_shown(policy, unit))


@router.delete("/{category}", status_code=204)
async def remove(
    request: Request,
    principal: SignedIn,
    category: str,
    unit: str,
    valid_from: date | None = None,
    open_tickets: Annotated[Literal["keep", "apply"] | None, Query()] = None,
) -> None:
    """It counts no more. 409 where open tickets are touched and nobody said what becomes of them."""
    service = service_of(request)
    now, first = service.clock.now(), valid_from or date.min
    async with service.store.begin() as work:
        place = await place_to_change(work.connection, principal, unit)
        count = await touched_by_removal(work.connection, place, category, first, now)
        if count and open_tickets is None:
            raise Problem(409, say("policies.asks", count=str(count)), open_tickets=count)
        apply = open_tickets == "apply"
        if not await withdraw(work, place, category, first, now, principal.id, open_tickets=apply):
            raise Problem(404)
        work.after_commit(request.app.state.policies_changed)


def policy_of(category: str, place: AdministrativeUnit | None, wish: PolicyIn, valid_from: date | None) -> Policy:
    first = valid_from or date.min
    if wish.valid_to and wish.valid_to <= first:
        raise Problem(422, errors={"valid_to": say("policies.wrong.ends_before")})
    if place is None and first == date.min and wish.valid_to:
        raise Problem(422, errors={"valid_to": say("policies.wrong.country_ends")})
    if wish.resolution_s < wish.response_s:
        raise Problem(422, errors={"resolution_s": say("policies.wrong.shorter")})
    facts = wish.model_dump()
    return Policy(category=category, unit=place.key if place else "", valid_from=first, **facts)


def _shown(policy: Policy, code: str) -> PolicyShown:
    steps = {kind: policy.steps.get(kind, part) for kind, part in PARTS.items() if kind != "breached"}
    facts = {name: getattr(policy, name) for name in Policy.model_fields}
    first = None if policy.valid_from == date.min else policy.valid_from
    return PolicyShown.model_validate(facts | {"unit": code, "valid_from": first, "steps": steps})
