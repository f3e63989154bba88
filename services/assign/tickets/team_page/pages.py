"""`/team`: a member's page. What worked is answered by a redirect, what did not by the page with the reason."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import ValidationError

from services.assign.tickets import store as tickets
from services.assign.tickets.actions import ACTIONS, Forbidden, NotPossible
from services.assign.tickets.actions.ground import Body, WrongValue
from services.assign.tickets.asking import is_on_duty
from services.assign.tickets.doing import asking, do
from services.assign.tickets.lifecycle import Action
from services.assign.tickets.team_page.board import read_board
from shared.clock import VIETNAM
from shared.codes import parse_code
from shared.identity import Principal, Role
from shared.service import Service, service_of
from shared.web.asking import Somebody
from shared.web.forms import same_origin
from shared.web.languages import Said, Translator, page_language, say
from shared.web.problems import Problem
from shared.web.sentences import validation_errors
from shared.web.templates import Templates

templates = Templates(Path(__file__).parent)
router = APIRouter(include_in_schema=False, dependencies=[Depends(same_origin)])
BUTTONS = frozenset(
    {Action.ACCEPTANCE, Action.REFUSAL, Action.START, Action.WAITING, Action.RESUMPTION, Action.RESOLUTION}
)
LEAVES = frozenset({Action.REFUSAL, Action.RESOLUTION})
"""After these the ticket's card is gone from the page."""


@dataclass(frozen=True)
class Trouble:
    """What could not be done, and what was typed for it."""

    code: str
    action: str
    sentence: str | None = None
    errors: dict[str, str] = field(default_factory=dict)
    typed: dict[str, str] = field(default_factory=dict)


async def a_member(request: Request, somebody: Somebody) -> Principal | None:
    """The member who asks; None for everybody else, and for who left the team."""
    if somebody is None or somebody.role is not Role.MEMBER or not somebody.team:
        return None
    async with service_of(request).store.read() as connection:
        return somebody if await is_on_duty(connection, somebody) else None


Member = Annotated[Principal | None, Depends(a_member)]


@router.get("/team", response_class=HTMLResponse)
async def team(request: Request, member: Member, did: str = "", code: str = "") -> Response:
    """The page; `did` and `code` say what has just been done."""
    if member is None:
        return RedirectResponse("/sign-in", 303)
    done = Action(did) if did in BUTTONS else None
    return await _page(request, member, done=done, code=parse_code(code) or "")


@router.get("/team/tickets", response_class=HTMLResponse)
async def team_tickets(request: Request, member: Member) -> Response:
    """The lists alone, asked for every few seconds by a page that lies open."""
    if member is None:
        raise Problem(401)
    return await _page(request, member, template="_tickets.html")


@router.post("/team/{code}/{action}", response_class=HTMLResponse)
async def act(request: Request, member: Member, code: str, action: str) -> Response:
    """A button of the page."""
    known = parse_code(code)
    if member is None:
        return RedirectResponse("/sign-in", 303)
    if known is None or action not in BUTTONS:
        raise Problem(404)
    typed = await _typed(request)
    if trouble := await _try(request, member, known, Action(action), typed):
        return await _page(request, member, trouble=trouble)
    place = "" if action in LEAVES else f"#t-{known}"
    return RedirectResponse(f"/team?did={action}&code={known}{place}", 303)


async def _try(request: Request, member: Principal, code: str, action: Action, typed: dict[str, str]) -> Trouble | None:
    """Do it; what stood in the way, or None where it worked. Problem 404 where the ticket is not the team's."""
    service, t = service_of(request), Translator(page_language(request))
    try:
        body = _body(action, typed)
        await do(service.store, code, action, body, asking(member, action, None), service.clock.now())
    except Forbidden:
        raise Problem(404) from None
    except ValidationError as error:
        return Trouble(code, action, errors=validation_errors(error.errors(), t), typed=typed)
    except WrongValue as wrong:
        return Trouble(code, action, errors={wrong.field: t(wrong.key)}, typed=typed)
    except NotPossible:
        return Trouble(code, action, sentence=t.text(await _why_not(service, member, code, action)))
    return None


def _body(action: Action, typed: dict[str, str]) -> Body:
    """What was typed; an appointment is a local time without a zone, as browsers write it."""
    values = {name: text for name, text in typed.items() if text.strip()}
    if "until" in values:
        values["until"] = _in_vietnam(values["until"])
    return ACTIONS[action][0].model_validate(values)


def _in_vietnam(text: str) -> str:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=VIETNAM).isoformat()
    except ValueError:
        return text


async def _why_not(service: Service, member: Principal, code: str, action: Action) -> Said:
    """A kind word: somebody else was quicker, or the resident needs nobody any more."""
    async with service.store.read() as connection:
        ticket = await tickets.find(connection, code)
    if ticket is None:
        raise Problem(404)
    if ticket.status == "cancelled":
        return say("team.why_not.cancelled")
    if action in (Action.ACCEPTANCE, Action.REFUSAL) and ticket.team:
        return say("team.why_not.ours" if ticket.team == member.team else "team.why_not.taken")
    return say("team.why_not.other", status=say(f"status.{ticket.status}"))


async def _typed(request: Request) -> dict[str, str]:
    async with request.form(max_files=0, max_fields=10) as form:
        return {name: value for name, value in form.items() if isinstance(value, str)}


async def _page(
    request: Request,
    member: Principal,
    *,
    template: str = "team.html",
    trouble: Trouble | None = None,
    done: Action | None = None,
    code: str = "",
) -> HTMLResponse:
    async with service_of(request).store.read() as connection:
        board = await read_board(connection, member)
    status = 200 if trouble is None else 422 if trouble.errors else 409
    return templates.render(
        request, template, status=status, who=member, board=board, trouble=trouble, done=done, done_code=code
    )
