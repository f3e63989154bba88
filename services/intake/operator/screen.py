"""What stands on the operator's screen: the caller on the left, the form in the middle, the answer on the right."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from fastapi import Request, Response

from services.intake import requests as requests_room
from services.intake.catalogue.memory import Catalogue
from services.intake.operator.answer import answer_of, outlook
from services.intake.requests.form import Typed, commune_choices, village_choices
from services.intake.requests.store import Request as Filed
from services.intake.tracking.assign import Assign, Outcome
from services.intake.tracking.shown import status_of, timeline_of
from services.intake.tracking.store import OVER, Tracked, tickets_of
from shared.clock import local
from shared.identity import Principal
from shared.service import Service
from shared.vietnam.phones import parse_phone
from shared.web.forms import Nonces
from shared.web.languages import Translator, page_language
from shared.web.templates import Templates

templates = Templates(Path(__file__).parent, Path(requests_room.__file__).parent)
HOTLINE_LANGUAGES = ("vi", "rad", "cmo", "en")


@dataclass(frozen=True)
class Done:
    """What was just asked for, and what became of it."""

    action: str
    outcome: Outcome


class Screen:
    """Puts the three panes together."""

    def __init__(self, service: Service, catalogue: Catalogue, assign: Assign) -> None:
        self._service = service
        self._catalogue = catalogue
        self._assign = assign
        self.nonces = Nonces(service.settings.secret_key)

    async def form(
        self, request: Request, who: Principal, form: Typed, status: int = 200, correcting: Filed | None = None
    ) -> Response:
        """The form as it stands, for a new request or a correction of a filed one."""
        day = local(self._service.clock.now()).date()
        commune = self._catalogue.commune(form["commune_code"], day)
        return templates.render(
            request,
            "call.html",
            status=status,
            who=who.name,
            typed=form,
            errors=form.errors,
            step=form["step"],
            nonce=form["nonce"] if self.nonces.read(form["nonce"]) else self.nonces.new(),
            categories=[(each.code, each.name(page_language(request))) for each in self._catalogue.categories],
            communes=commune_choices(self._catalogue, day, form),
            commune=commune,
            villages=village_choices(self._catalogue.villages_of(commune)) if commune else [],
            locates=False,
            correcting=correcting,
            filing=correcting is None,
            caller=await self._caller(form["phone"]),
            outlook=await self._outlook(form, who),
        )

    async def filed(self, request: Request, who: Principal, tracked: Tracked, done: Done | None = None) -> Response:
        """A filed request: what was written down, where it stands, the answer to say aloud."""
        now = self._service.clock.now()
        return templates.render(
            request,
            "filed.html",
            who=who.name,
            filed=tracked.request,
            place=self._place(tracked.request),
            answer=answer_of(tracked),
            timeline=timeline_of(tracked, now, Translator(page_language(request))),
            caller=await self._caller(tracked.request.phone),
            is_open=status_of(tracked) not in OVER,
            done=done,
        )

    async def with_place(self, form: Typed) -> Typed:
        """The form with the place of the caller's newest request."""
        caller = await self._caller(form["phone"])
        if caller is None or caller["newest"] is None:
            return form
        filed: Filed = caller["newest"]
        place = {"commune_code": filed.commune.partition("@")[0], "village_id": filed.village_id or ""}
        return replace(form, values={**form.values, **place})

    async def caller_part(self, request: Request, form: Typed) -> Response:
        return templates.render(request, "_caller.html", caller=await self._caller(form["phone"]), filing=True)

    async def outlook_part(self, request: Request, form: Typed, who: Principal) -> Response:
        return templates.render(request, "_outlook.html", outlook=await self._outlook(form, who))

    async def answer_part(self, request: Request, tracked: Tracked) -> Response:
        return templates.render(request, "_answer.html", answer=answer_of(tracked))

    async def _caller(self, phone: str) -> Mapping[str, Any] | None:
        """The tickets of the number that stands in the form; None until it is one."""
        number = parse_phone(phone)
        if number is None:
            return None
        async with self._service.store.read() as connection:
            found = await tickets_of(connection, number)
        states = [(filed, state.status if state else "new") for filed, state in found]
        tickets = [{"filed": filed, "state": state, "is_open": state not in OVER} for filed, state in states]
        return {
            "phone": number,
            "newest": found[0][0] if found else None,
            "place": self._place(found[0][0]) if found else "",
            "name": next((filed.requester_name for filed, _ in found if filed.requester_name), None),
            "open": [ticket for ticket in tickets if ticket["is_open"]],
            "earlier": [ticket for ticket in tickets if not ticket["is_open"]],
        }

    async def _outlook(self, form: Typed, who: Principal) -> Any:
        token = self._service.tokens.issue(who)
        return await outlook(self._catalogue, self._assign, form, self._service.clock.now(), token)

    def _place(self, filed: Filed) -> str:
        commune = self._catalogue.commune_by_key(filed.commune)
        village = self._catalogue.village(filed.village_id) if filed.village_id else None
        names = [village.name if village else None, commune.full_name if commune else filed.commune]
        return ", ".join(filter(None, names))
