"""Tickets for programs: read them, and create the thing that changes them (`POST …/acceptance`)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Header, Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from services.assign.tickets import store
from services.assign.tickets.actions import ACTIONS, Forbidden, NotPossible
from services.assign.tickets.actions.ground import Asker, Body, WrongValue
from services.assign.tickets.asking import RESIDENT, is_on_duty, sees, teams_asked
from services.assign.tickets.cursor import read_cursor, write_cursor
from services.assign.tickets.doing import Ask, Show, Stale, asking, do_and_show
from services.assign.tickets.guesses import TooMany, is_theirs
from services.assign.tickets.lifecycle import TABLE, Action, Status, Who
from services.assign.tickets.tables import Ticket
from services.assign.tickets.view import briefs, whole
from shared.codes import parse_code
from shared.identity import Principal, Role
from shared.service import Service, service_of
from shared.web.addresses import household
from shared.web.api import ApiRoute
from shared.web.asking import SignedIn, Somebody
from shared.web.languages import Translator, caller_language, say
from shared.web.problems import Problem
from shared.web.wire import WireResponse, plain

router = APIRouter(prefix="/api/v1/tickets", route_class=ApiRoute, tags=["tickets"])
PAGE = 50


@router.get("")
async def list_tickets(
    request: Request,
    principal: SignedIn,
    status: str | None = None,
    unit: str | None = None,
    team: str | None = None,
    overdue: bool = False,
    cursor: str | None = None,
) -> Response:
    """Tickets within one's territory, newest first, a page at a time; `status` may name several, with commas."""
    service = service_of(request)
    now = service.clock.now()
    own_unit = principal.unit if principal.role is Role.SUPERVISOR else None
    chosen = store.selection(
        statuses=_statuses(status),
        units=[code for code in (unit, own_unit) if code],
        team=team,
        asked_team=(principal.team or "") if principal.role is Role.MEMBER else None,
        overdue_at=now if overdue else None,
        after=read_cursor(cursor) if cursor else None,
    )
    async with service.store.read() as connection:
        if not await is_on_duty(connection, principal):
            raise Problem(401)
        found = await store.listed(connection, chosen, PAGE + 1)
        items = await briefs(connection, found[:PAGE], now)
    return WireResponse({"items": items, "next": write_cursor(found[PAGE - 1]) if len(found) > PAGE else None})


@router.get("/{code}")
async def get_ticket(request: Request, principal: SignedIn, code: str) -> Response:
    """One ticket, whole."""
    service = service_of(request)
    async with service.store.read() as connection:
        if not await is_on_duty(connection, principal):
            raise Problem(401)
        ticket = await store.find(connection, parse_code(code) or "")
        if ticket is None or not sees(principal, ticket, await teams_asked(connection, ticket.code)):
            raise Problem(404)
        _, shown = await _whole(request, service.clock.now())(connection, ticket)
    return _shown(ticket, shown, 200)


def _install(action: Action, body_type: type[Body]) -> None:
    optional = not any(field.is_required() for field in body_type.model_fields.values())

    async def create(
        request: Request,
        principal: Somebody,
        code: str,
        body: (body_type | None) if optional else body_type,  # pyright: ignore[reportInvalidTypeForm]
        if_match: Annotated[str | None, Header()] = None,
    ) -> Response:
        return await _change(request, principal, code, action, body or body_type(), if_match)

    if optional:
        create.__defaults__ = (None, None)
    router.add_api_route(
        f"/{{code}}/{action}",
        create,
        methods=["POST"],
        status_code=201,
        name=f"create_{action}",
        summary=_SUMMARIES[action],
    )


async def _change(
    request: Request, principal: Principal | None, code: str, action: Action, body: Body, if_match: str | None
) -> Response:
    """Do it for whoever asks. 401, 404, 409 with the ticket as it is, 412, 422, 429."""
    service, known = service_of(request), parse_code(code)
    if known is None:
        raise Problem(404)
    now = service.clock.now()
    ask = asking(principal, action, body.member) if principal else await _as_resident(request, known, action, body)
    try:
        ticket, shown = await do_and_show(
            service.store, known, action, body, ask, now, _version(if_match), show=_whole(request, now)
        )
    except Forbidden:
        raise Problem(404) from None
    except WrongValue as wrong:
        raise Problem(422, errors={wrong.field: say(wrong.key)}) from None
    except Stale:
        raise Problem(412, say("tickets.stale")) from None
    except NotPossible:
        raise await _conflict(request, service, known) from None
    return _shown(ticket, shown, 201)


async def _as_resident(request: Request, code: str, action: Action, body: Body) -> Ask:
    """Nobody is signed in: the last four digits of the number that was given must fit."""
    if Who.RESIDENT not in TABLE[action].who or body.phone_last4 is None:
        raise Problem(401)
    service = service_of(request)
    try:
        theirs = await is_theirs(service.store, code, body.phone_last4, household(request), service.clock.now())
    except TooMany as refused:
        raise Problem(429, say("tickets.too_many_tries"), headers={"Retry-After": str(refused.retry_after_s)}) from None

    async def ask(_: AsyncConnection, __: Ticket, ___: Sequence[str]) -> Asker | None:
        return RESIDENT if theirs else None

    return ask


def _whole(request: Request, now: datetime) -> Show[tuple[Ticket, dict[str, Any]]]:
    """Shows a ticket whole, in the caller's language."""
    t = Translator(caller_language(request))

    async def show(connection: AsyncConnection, ticket: Ticket) -> tuple[Ticket, dict[str, Any]]:
        return ticket, await whole(connection, ticket, t, now)

    return show


def _shown(ticket: Ticket, shown: dict[str, Any], status: int) -> Response:
    return WireResponse(shown, status, {"ETag": f'"{ticket.version}"'})


async def _conflict(request: Request, service: Service, code: str) -> Problem:
    """409: not possible now, with the ticket as it is."""
    t = Translator(caller_language(request))
    async with service.store.read() as connection:
        ticket = await store.find(connection, code)
        if ticket is None:
            raise Problem(404)
        shown = plain(await whole(connection, ticket, t, service.clock.now()))
    return Problem(409, say("tickets.not_possible", status=say(f"tickets.status.{ticket.status}")), ticket=shown)


def _statuses(text: str | None) -> list[str]:
    statuses = [status.strip() for status in (text or "").split(",") if status.strip()]
    if set(statuses) - set(Status):
        raise Problem(422, errors={"status": say("tickets.unknown_status")})
    return statuses


def _version(if_match: str | None) -> int | None:
    """`"7"` or `7`; what is no version of ours fits no ticket."""
    if if_match is None or if_match.strip() == "*":
        return None
    text = if_match.strip().removeprefix("W/").strip('"')
    return int(text) if text.isdecimal() and len(text) < 10 else -1


_SUMMARIES: dict[Action, str] = {
    Action.ACCEPTANCE: "A member takes it; the first has it.",
    Action.REFUSAL: "A team does not take it.",
    Action.START: "Work begins.",
    Action.WAITING: "Wait for the resident or an appointment; the clocks pause.",
    Action.RESUMPTION: "Go on; the clocks run again.",
    Action.RESOLUTION: "It is done, with its outcome.",
    Action.CLOSURE: "Confirm that it is done.",
    Action.REOPENING: "It is not done yet.",
    Action.CANCELLATION: "Nobody needs to come any more.",
    Action.RATING: "One to five stars.",
    Action.REASSIGNMENT: "Put it before another team.",
}
for _action, (_body_type, _) in ACTIONS.items():
    _install(_action, _body_type)
