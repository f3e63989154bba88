"""`/supervisor/policies`: what is promised in one's own unit, and the form that changes it after asking."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import ValidationError

from services.assign.places import store as places
from services.assign.places.tables import AdministrativeUnit, Policy
from services.assign.policies import store
from services.assign.policies.api import PolicyIn, policy_of
from services.assign.policies.changing import change, touched, touched_by_removal, withdraw
from services.assign.policies.choosing import COUNTRY, Policies, in_force
from services.assign.policies.form import FIELD_OF, STEPS, Unreadable, first_day_of, typed_of, wish_of
from services.assign.reporting.api import unit_for
from services.assign.reporting.supervisor.frame import HERE as SUPERVISOR
from services.assign.reporting.supervisor.watchers import Watcher
from shared.clock import local
from shared.identity import Principal
from shared.service import service_of
from shared.store import Unit
from shared.web.forms import same_origin
from shared.web.languages import Translator, page_language
from shared.web.problems import Problem
from shared.web.sentences import validation_errors
from shared.web.templates import Templates

templates = Templates(Path(__file__).parent, SUPERVISOR)
router = APIRouter(include_in_schema=False, dependencies=[Depends(same_origin)])
PATH = "/supervisor/policies"


@dataclass(frozen=True)
class Promise:
    """What counts for a category today, whose it is, and what is to come or to end in one's own unit."""

    category: str
    counts: Policy
    is_own: bool
    own: list[Policy]


@dataclass(frozen=True)
class Trouble:
    """What could not be kept, or is asked first: how many open tickets would be touched."""

    errors: Mapping[str, str] = field(default_factory=dict)
    asks: int = 0


@router.get(PATH, response_class=HTMLResponse)
async def overview(request: Request, watcher: Watcher, did: str = "") -> Response:
    """Every category with what is promised for it."""
    if watcher is None:
        return RedirectResponse("/sign-in", 303)
    service = service_of(request)
    async with service.store.begin() as unit:
        place = await unit_for(unit.connection, watcher, None)
        today = local(service.clock.now()).date()
        found = await _promises(unit, place, today)
    return templates.render(
        request, "policies.html", who=watcher, place=place, promises=found, today=today, done=did == "kept"
    )


@router.get(PATH + "/{category}", response_class=HTMLResponse)
async def form(request: Request, watcher: Watcher, category: str) -> Response:
    """What counts, ready to be changed."""
    if watcher is None:
        return RedirectResponse("/sign-in", 303)
    service = service_of(request)
    async with service.store.begin() as unit:
        place = await unit_for(unit.connection, watcher, None)
        promise = await _promise(unit, place, category, local(service.clock.now()).date())
    return _page(request, watcher, place, promise, typed_of(promise.counts), Trouble())


@router.post(PATH + "/{category}", response_class=HTMLResponse)
async def keep(request: Request, watcher: Watcher, category: str) -> Response:
    """Keep it; where open tickets would be touched, ask first. `do=remove` takes back what the unit itself said."""
    if watcher is None:
        return RedirectResponse("/sign-in", 303)
    service = service_of(request)
    async with request.form(max_files=0, max_fields=40) as sent:
        typed = {name: value for name, value in sent.items() if isinstance(value, str)}
    now = service.clock.now()
    async with service.store.begin() as unit:
        place = await unit_for(unit.connection, watcher, None)
        promise = await _promise(unit, place, category, local(now).date())
        if trouble := await _do(request, unit, place, category, typed, watcher.id, now):
            return _page(request, watcher, place, promise, typed, trouble)
        unit.after_commit(request.app.state.policies_changed)
    return RedirectResponse(f"{PATH}?did=kept", 303)


async def _do(
    request: Request,
    unit: Unit,
    place: AdministrativeUnit | None,
    category: str,
    typed: Mapping[str, str],
    by: str,
    now: datetime,
) -> Trouble | None:
    """Keep what was typed, or take back; None where it is done. Problem 404 where there is nothing to take back."""
    answer = typed.get("open_tickets")
    apply, undecided = answer == "apply", answer not in ("keep", "apply")
    try:
        first = first_day_of(typed)
    except Unreadable as wrong:
        return _unreadable(request, wrong)
    if typed.get("do") == "remove":
        first = first or date.min
        count = await touched_by_removal(unit.connection, place, category, first, now)
        if count and undecided:
            return Trouble(asks=count)
        if not await withdraw(unit, place, category, first, now, by, open_tickets=apply):
            raise Problem(404)
        return None
    policy = _read(request, category, place, typed, first)
    if isinstance(policy, Trouble):
        return policy
    count = await touched(unit.connection, place, policy, now)
    if count and undecided:
        return Trouble(asks=count)
    await change(unit, place, policy, now, by, open_tickets=apply)
    return None


def _read(
    request: Request, category: str, place: AdministrativeUnit | None, typed: Mapping[str, str], first: date | None
) -> Policy | Trouble:
    t = Translator(page_language(request))
    try:
        return policy_of(category, place, PolicyIn.model_validate(wish_of(typed)), first)
    except Unreadable as wrong:
        return _unreadable(request, wrong)
    except ValidationError as error:
        found = validation_errors(error.errors(), t)
        return Trouble({FIELD_OF.get(name, name.removeprefix("steps.")): said for name, said in found.items()})
    except Problem as problem:
        return Trouble({FIELD_OF.get(name, name): t.text(said) for name, said in problem.errors.items()})


def _unreadable(request: Request, wrong: Unreadable) -> Trouble:
    return Trouble({wrong.field: Translator(page_language(request))(f"policies.wrong.{wrong.what}")})


async def _promises(unit: Unit, place: AdministrativeUnit | None, today: date) -> list[Promise]:
    categories = [one.code for one in await places.categories(unit.connection) if not one.retired]
    found = await store.policies_of(unit.connection, categories, place.path if place else [])
    return [_of(found, place, category, today) for category in categories]


async def _promise(unit: Unit, place: AdministrativeUnit | None, category: str, today: date) -> Promise:
    found = await store.policies_of(unit.connection, [category], place.path if place else [])
    if not found.knows(category):
        raise Problem(404)
    return _of(found, place, category, today)


def _of(found: Policies, place: AdministrativeUnit | None, category: str, today: date) -> Promise:
    own = sorted(found.of.get((category, place.code if place else COUNTRY), ()), key=lambda one: one.valid_from)
    counts = found.nearest(category, place.path if place else [], today)
    return Promise(category, counts, in_force(own, today) is not None, own)


def _page(
    request: Request,
    watcher: Principal,
    place: AdministrativeUnit | None,
    promise: Promise,
    typed: Mapping[str, str],
    trouble: Trouble,
) -> HTMLResponse:
    return templates.render(
        request,
        "policy.html",
        status=422 if trouble.errors else 409 if trouble.asks else 200,
        who=watcher,
        place=place,
        promise=promise,
        typed=typed,
        steps=STEPS,
        errors=trouble.errors,
        asks=trouble.asks,
    )
