"""`POST /api/v1/roster`: an administrator brings teams and members, all or nothing."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response
from starlette.datastructures import UploadFile

from services.assign.teams.roster.report import Report, errors
from services.assign.teams.roster.take_in import Files, take_in
from services.assign.teams.roster.wrong import RosterRefused, Wrong
from services.assign.teams.watchers import TeamWatchers
from shared.clock import Clock
from shared.identity import Role
from shared.store import Store
from shared.store.deadlocks import despite_deadlocks
from shared.web.asking import SignedIn, has_role
from shared.web.forms import same_origin
from shared.web.languages import say
from shared.web.problems import MEDIA_TYPE, Problem, reader_language

UPLOAD_LIMIT = 64 * 1024 * 1024
"""Bytes: the roster of the whole country has 93,524 teams and half a million members."""

REFUSED: dict[int | str, dict[str, Any]] = {422: {"description": "Every row that is wrong. Nothing was changed."}}

_FILE = {"type": "string", "format": "binary", "description": "CSV in UTF-8, parted by comma, semicolon or tab"}
_FORM = {"type": "object", "properties": {"teams": _FILE, "members": _FILE}}
BODY: dict[str, Any] = {"requestBody": {"content": {"multipart/form-data": {"schema": _FORM}}}}


async def _upload(request: Request, principal: SignedIn) -> Files:
    """The two files of the form; only an administrator's are read at all."""
    has_role(principal, Role.ADMINISTRATOR)
    async with request.form(max_files=2, max_fields=2) as form:
        parts = {name: form.get(name) for name in ("teams", "members")}
        files = Files(**{name: await _content(part) for name, part in parts.items()})
    if files == Files():
        raise Problem(422, errors={"teams": say("validation.missing"), "members": say("validation.missing")})
    return files


def router(store: Store, clock: Clock, watchers: TeamWatchers) -> APIRouter:
    """The route; whoever waits for teams to change hears of it through `watchers`."""
    routes = APIRouter(prefix="/api/v1", dependencies=[Depends(same_origin)])

    @routes.post(
        "/roster", response_model=Report, response_model_exclude_none=True, responses=REFUSED, openapi_extra=BODY
    )
    async def import_roster(
        request: Request, files: Annotated[Files, Depends(_upload)], replace: bool = False, preview: bool = False
    ) -> Report | Response:
        """Take in the CSV files `teams` and `members`. `replace` removes what is not in them; `preview` only tells."""

        async def all_of_it() -> Report:  # a member who accepts a waiting ticket has it, and needs the team
            async with store.begin() as unit:
                return await take_in(unit, files, clock.now(), watchers, replace=replace, preview=preview)

        try:
            return await despite_deadlocks(all_of_it)
        except RosterRefused as refused:
            return _refusal(request, refused.wrong)

    return routes


async def _content(part: UploadFile | str | None) -> bytes | None:
    if part is None:
        return None
    return part.encode() if isinstance(part, str) else await part.read()


def _refusal(request: Request, wrong: list[Wrong]) -> Response:
    """RFC 9457 and the report in one: nothing was done, and each row that is wrong."""
    t = reader_language(request)
    problem = Problem(422, say("roster.refused", count=len(wrong))).in_language(t)
    report = Report(errors=errors(wrong, t)).model_dump(exclude={"differences"})
    return JSONResponse({**problem, **report}, 422, media_type=MEDIA_TYPE)
