"""`GET /api/v1/metrics`: every figure as `definitions` says it, within somebody's territory."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Annotated, Literal, get_args

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncConnection

from services.assign.places import store as places
from services.assign.places.tables import AdministrativeUnit
from services.assign.reporting.definitions import ClockFigures
from services.assign.reporting.period import YEARS, Period, this_month
from services.assign.reporting.report import Key, Row, make_report
from services.assign.reporting.store import Dimension, Only, Question
from shared.identity import Principal, Role, holds_unit
from shared.service import service_of
from shared.web.asking import SignedIn, has_role
from shared.web.languages import say
from shared.web.problems import Problem

router = APIRouter(prefix="/api/v1", tags=["metrics"])
ReadBy = Literal["unit", "team", "category", "channel", "day"]
READERS = (Role.SUPERVISOR, Role.OPERATOR, Role.ADMINISTRATOR, Role.SYSTEM)


class MetricsRow(BaseModel):
    """The figures of one key: a unit's, team's or category's code, a channel, a day. Times in working seconds."""

    key: str | None = Field(description="None: no team has had it yet")
    submitted: int
    response: ClockFigures
    resolution: ClockFigures
    open: int
    unrouted: int
    reopened: int
    offers: int
    declined: int
    rating_mean: float | None


class Metrics(BaseModel):
    """Figures of a unit and all below it, from the first day to the last, both included; days are Vietnam's."""

    first: date = Field(serialization_alias="from")
    last: date = Field(serialization_alias="to")
    unit: str | None
    rows: list[MetricsRow]


@router.get("/metrics", response_model_by_alias=True)
async def metrics(
    request: Request,
    principal: SignedIn,
    unit: str | None = None,
    first: Annotated[date | None, Query(alias="from")] = None,
    last: Annotated[date | None, Query(alias="to")] = None,
    by: ReadBy = "unit",
) -> Metrics:
    """Without `unit`, one's own; without days, this month until today. `by=unit`: a row for each unit right below."""
    has_role(principal, *READERS)
    service = service_of(request)
    now = service.clock.now()
    period = period_of(first, last, this_month(now))
    async with service.store.snapshot() as connection:
        place = await unit_for(connection, principal, unit)
        found = await make_rows(connection, place, by, period, now)
    rows = [_shown(key, row) for key, row in found.items()]
    return Metrics(first=period.first, last=period.last, unit=place.code if place else None, rows=rows)


async def make_rows(
    connection: AsyncConnection,
    place: AdministrativeUnit | None,
    by: ReadBy,
    period: Period,
    now: datetime,
    only: Only | None = None,
    among: Sequence[Key] | None = None,
) -> dict[Key, Row]:
    """The figures by key: as the units or days come; what they do not list after them; what has no key last.

    `among`: of these teams, categories or channels alone.
    ValueError: `only` a team, category or channel, by another of these.
    """
    question, keys = await _rows_of(connection, place, by, period)
    found = await make_report(connection, replace(question, only=only, among=among), now, keys)
    return {key: found[key] for key in sorted(found, key=lambda key: _order(key, keys))}


def only_of(words: Mapping[str, str]) -> Only | None:
    """The one category, channel or team that an address names, if any."""
    named = next((name for name in get_args(Dimension) if words.get(name)), None)
    return Only(named, words[named]) if named else None


async def unit_for(connection: AsyncConnection, principal: Principal, code: str | None) -> AdministrativeUnit | None:
    """The unit that is asked for, or one's own; None is everything. Problem 404 outside one's territory."""
    wanted = code or (principal.unit if principal.role is Role.SUPERVISOR else None)
    if wanted is None and principal.role is not Role.SUPERVISOR:
        return None
    found = await places.unit_by_code(connection, wanted or "")
    if found is None or not holds_unit(principal, found.path):
        raise Problem(404)
    return found


async def _rows_of(
    connection: AsyncConnection, place: AdministrativeUnit | None, by: ReadBy, period: Period
) -> tuple[Question, list[Key]]:
    """What is asked of the store, and the keys that have a row in any case."""
    question = Question(place.code if place else None, period, by)
    if by == "day":
        return question, [day.isoformat() for day in period.days()]
    if by != "unit":
        return question, []
    below = await places.children_of(connection, place.key if place else None)
    if not below and place:  # nothing is below a commune: it stands for itself
        return replace(question, depth=len(place.path)), [place.code]
    return replace(question, depth=len(place.path) + 1 if place else 1), [unit.code for unit in below]


def period_of(first: date | None, last: date | None, usual: Period) -> Period:
    """Problem 422 for days that make no period."""
    begins = first or (min(usual.first, last) if last else usual.first)
    ends = last or max(usual.last, begins)
    try:
        if begins.year in YEARS and ends.year in YEARS:
            return Period(begins, ends)
        raise ValueError(begins, ends)
    except ValueError:
        field = "to" if last and last < begins else "from"
        raise Problem(422, errors={field: say(f"reporting.period.{field}")}) from None


def _order(key: Key, keys: list[Key]) -> tuple[int, str]:
    if key in keys:
        return keys.index(key), ""
    return len(keys) + (key is None), key or ""


def _shown(key: Key, row: Row) -> MetricsRow:
    return MetricsRow(
        key=key,
        submitted=row.submitted,
        response=row.figures["response"],
        resolution=row.figures["resolution"],
        open=row.open,
        unrouted=row.unrouted,
        reopened=row.reopened,
        offers=row.offers,
        declined=row.declined,
        rating_mean=row.rating_mean,
    )
