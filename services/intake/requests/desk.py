"""Where requests come in, from JSON, form and hotline alike: allowed, checked, limited, filed."""

import math
from datetime import datetime
from uuid import UUID

import structlog
from starlette.requests import Request as HttpRequest

from services.intake.catalogue.memory import Catalogue
from services.intake.requests.check import Checked, check
from services.intake.requests.draft import Draft
from services.intake.requests.filing import Filing, Key, KeyReused, file, prepare
from services.intake.requests.flooding import counted
from services.intake.requests.store import Filed, filed_under, request_by_id
from services.intake.tracking.store import joinable, open_alike
from shared.clock import local
from shared.identity import Role
from shared.service import Service
from shared.store import correlation_id
from shared.store.gather import Gather
from shared.web.addresses import household, is_loopback
from shared.web.asking import has_role, principal_of
from shared.web.forms import same_origin
from shared.web.languages import say
from shared.web.problems import Problem

log = structlog.get_logger()
MOST = 64
"""Requests committed together at most."""


class Desk:
    """Takes requests for one service."""

    def __init__(self, service: Service, catalogue: Catalogue) -> None:
        self._service = service
        self._catalogue = catalogue
        self._gather: Gather[Filing, Filed | KeyReused] = Gather(file, service.store, MOST)

    async def take(self, http: HttpRequest, draft: Draft, key: Key | None = None) -> Filed:
        """File it; returns after the commit. Problem 401, 404, 422 or 429 says why not; then nothing was stored."""
        self._check_channel(http, draft)
        checked = self.checked(draft)
        now = self._service.clock.now()
        if draft.channel == "web":
            await self._check_flood(http, draft, now)
        joins = await self._joined(draft, key)
        correlation = correlation_id()
        outcome = await self._gather.submit(prepare(checked, now, correlation, key, joins))
        if isinstance(outcome, KeyReused):
            raise Problem(422, errors={"Idempotency-Key": say("requests.key_reused")})
        log.info("request.filed", ticket=outcome.code, channel=draft.channel, correlation=correlation)
        return outcome

    def checked(self, draft: Draft) -> Checked:
        """The draft with what it names. Problem 422: something it names is not there; 503: nothing is known yet."""
        self.must_know_places()
        found = check(draft, self._catalogue, local(self._service.clock.now()).date())
        if not isinstance(found, Checked):
            raise Problem(422, errors=found)
        return found

    def must_know_places(self) -> None:
        """Problem 503 in the first moments after a start: nobody is told then that their commune is unknown."""
        if self._catalogue.is_empty:
            raise Problem(503, headers={"Retry-After": "2"})

    def _check_channel(self, http: HttpRequest, draft: Draft) -> None:
        """`web` is open to all; `hotline` is an operator's; `api` has a token, or is on a machine that simulates."""
        if draft.channel == "web" or (draft.channel == "api" and self._is_at_home(http)):
            return
        principal = principal_of(http)
        if principal is None:
            raise Problem(401)
        if "authorization" not in http.headers:
            same_origin(http)
        if draft.channel == "hotline":
            has_role(principal, Role.OPERATOR, Role.ADMINISTRATOR, Role.SYSTEM)

    def _is_at_home(self, http: HttpRequest) -> bool:
        return self._service.settings.simulator and is_loopback(http)

    async def _check_flood(self, http: HttpRequest, draft: Draft, now: datetime) -> None:
        settings = self._service.settings
        address = household(http)
        until = await counted(self._service.store, settings.secret_key, draft.phone, address, now)
        if until:
            raise too_many(until, now, settings.hotline)

    async def filed_before(self, key: Key) -> Filed | None:
        """The request that came with this key already."""
        async with self._service.store.read() as connection:
            found = (await filed_under(connection, [key.text])).get(key.text)
        return found[1] if found else None

    async def open_alike(self, draft: Draft) -> Filed | None:
        """An open ticket of this number for the same category in the same commune."""
        commune = self.checked(draft).commune
        async with self._service.store.read() as connection:
            return await open_alike(connection, draft.phone, draft.category, commune.key)

    async def code_of(self, id: UUID) -> str:
        """The ticket's code of a request. Problem 422: there is no such request."""
        async with self._service.store.read() as connection:
            found = await request_by_id(connection, id)
        if found is None:
            raise Problem(422, errors={"add_to": say("requests.not_joinable")})
        return found.code

    async def _joined(self, draft: Draft, key: Key | None) -> Filed | None:
        if draft.add_to is None:
            return None
        async with self._service.store.read() as connection:
            found = await joinable(connection, draft.add_to, draft.phone)
        if found is None and key:  # a retry, and the ticket was closed meanwhile
            found = await self.filed_before(key)
        if found is None:
            raise Problem(422, errors={"add_to": say("requests.not_joinable")})
        return found


def too_many(until: datetime, now: datetime, hotline: str) -> Problem:
    """429, with the seconds after which it may be tried again."""
    wait = max(1, math.ceil((until - now).total_seconds()))
    return Problem(429, say("requests.too_many", hotline=hotline), headers={"Retry-After": str(wait)})
