"""`/supervisor/bulk`: several tickets chosen with checkboxes, what is to be done with them, and what became of each."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import ValidationError

from services.assign.reporting.api import unit_for
from services.assign.reporting.supervisor.bulk import LEVERS, MOST, Outcome, Wish, do_each, theirs
from services.assign.reporting.supervisor.candidates import shared_choices
from services.assign.reporting.supervisor.frame import templates
from services.assign.reporting.supervisor.watchers import Watcher
from services.assign.tickets.actions import ACTIONS
from services.assign.tickets.lifecycle import Action
from services.assign.tickets.team_page.shown import place_of
from shared.codes import parse_code
from shared.identity import Principal
from shared.service import service_of
from shared.web.forms import same_origin
from shared.web.languages import Translator, page_language
from shared.web.sentences import validation_errors

router = APIRouter(include_in_schema=False, dependencies=[Depends(same_origin)])
ADDRESS = "/supervisor/bulk"
_FIELDS = MOST + 10


@dataclass(frozen=True)
class Typed:
    """What was sent: known codes, each once; how many were chosen; the action, the team, the reason."""

    codes: list[str]
    chosen: int
    action: str = ""
    team: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Answer:
    """What came of it: sentences beside fields, or an outcome for each ticket."""

    errors: dict[str, str] = field(default_factory=dict)
    outcomes: list[Outcome] = field(default_factory=list)


@router.get(ADDRESS, response_class=HTMLResponse)
async def chosen(request: Request, watcher: Watcher, code: list[str] = Query(default=[])) -> Response:  # noqa: B008
    """What was chosen, and what can be done with all of it."""
    if watcher is None:
        return RedirectResponse("/sign-in", 303)
    typed = Typed(_known(code), len(set(code)))
    errors = _wrong_number(typed, Translator(page_language(request)))
    return await _page(request, watcher, typed, Answer(errors))


@router.post(ADDRESS, response_class=HTMLResponse)
async def act(request: Request, watcher: Watcher) -> Response:
    """Do it for each; the answer says for each code what worked and what did not, and why."""
    if watcher is None:
        return RedirectResponse("/sign-in", 303)
    typed = await _typed(request)
    service, t = service_of(request), Translator(page_language(request))
    errors = _wrong_number(typed, t)
    wish = None if errors else _wish(typed, t, errors)
    if wish is None:
        return await _page(request, watcher, typed, Answer(errors))
    found = await do_each(service.store, watcher, typed.codes, Action(typed.action), wish, service.clock.now())
    return await _page(request, watcher, typed, Answer(outcomes=found))


async def _typed(request: Request) -> Typed:
    async with request.form(max_files=0, max_fields=_FIELDS) as form:
        one = {name: value for name, value in form.items() if isinstance(value, str)}
        sent = [value for value in form.getlist("code") if isinstance(value, str)]
    return Typed(
        _known(sent), len(set(sent)), one.get("action", ""), one.get("team", ""), one.get("reason", "").strip()
    )


def _known(sent: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(code for one in sent if (code := parse_code(one))))


def _wrong_number(typed: Typed, t: Translator) -> dict[str, str]:
    if not typed.codes:
        return {"code": t("supervisor.bulk.none_chosen")}
    return {"code": t("supervisor.bulk.too_many", count=typed.chosen, most=MOST)} if typed.chosen > MOST else {}


def _wish(typed: Typed, t: Translator, errors: dict[str, str]) -> Wish | None:
    """What is wanted of each ticket; None where something is missing, which then stands in `errors`."""
    if typed.action not in LEVERS:
        errors["action"] = t("supervisor.bulk.what")
        return None
    sent = {name: text for name, text in (("team", typed.team), ("reason", typed.reason)) if text}
    try:
        body = ACTIONS[Action(typed.action)][0].model_validate(sent)
    except ValidationError as error:
        errors.update(validation_errors(error.errors(), t))
        return None
    if not typed.reason:
        errors["reason"] = t("validation.reason.missing")
        return None
    return body  # pyright: ignore[reportReturnType]  (one of the three, by LEVERS)


async def _page(request: Request, watcher: Principal, typed: Typed, answer: Answer) -> HTMLResponse:
    service = service_of(request)
    fits = 0 < typed.chosen <= MOST
    tickets = await theirs(service.store, watcher, typed.codes) if fits else []
    async with service.store.begin() as unit:
        place = await unit_for(unit.connection, watcher, None)
        teams = await shared_choices(unit, tickets) if tickets and not answer.outcomes else []
    return templates.render(
        request,
        "bulk.html",
        status=422 if answer.errors else 200,
        who=watcher,
        place=place,
        tickets=tickets,
        by_code={ticket.code: ticket for ticket in tickets},
        missing=len(typed.codes) - len(tickets) if fits else 0,
        teams=teams,
        typed=typed,
        errors=answer.errors,
        outcomes=answer.outcomes,
        levers=LEVERS,
        place_of=place_of,
    )
