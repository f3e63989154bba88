"""assign's pages and routes over a test's world, without a bus: what is asked is answered by the real app."""

from dataclasses import dataclass
from typing import Any

import httpx

from services.assign.app import build
from shared.identity import SESSION_COOKIE, Principal, Role
from shared.service import Service
from shared.settings import Settings
from tests.support.assign import OPERATOR, SUPERVISOR, World, member

PROVINCE_SUPERVISOR = Principal(role=Role.SUPERVISOR, id="s-66", name="Y Thịnh Ayŭn", unit="66")
NEIGHBOUR_SUPERVISOR = Principal(role=Role.SUPERVISOR, id="s-24133", unit="24133")
ADMINISTRATOR = Principal(role=Role.ADMINISTRATOR, id="a-1")


@dataclass
class Desk:
    """Somebody's browser or program in front of assign."""

    service: Service
    client: httpx.AsyncClient

    def token(self, who: Principal) -> dict[str, str]:
        return {"authorization": f"Bearer {self.service.tokens.issue(who)}"}

    async def get(self, path: str, who: Principal | None = None, **query: Any) -> httpx.Response:
        """As a program: with a token."""
        return await self.client.get(path, params=query, headers=self.token(who) if who else {})

    async def page(self, path: str, who: Principal | None = None, **headers: str) -> httpx.Response:
        """As a browser: with a session, accepting HTML."""
        return await self.client.get(path, headers=self._browser(who) | headers)

    async def send(
        self, path: str, who: Principal | None, data: dict[str, str] | None = None, **headers: str
    ) -> httpx.Response:
        """A form of our own page."""
        ours = self._browser(who) | {"sec-fetch-site": "same-origin"} | headers
        return await self.client.post(path, data=data or {}, headers=ours)

    def _browser(self, who: Principal | None) -> dict[str, str]:
        cookie = {"cookie": f"{SESSION_COOKIE}={self.service.tokens.issue(who)}"} if who else {}
        return {"accept": "text/html"} | cookie


def desk_of(world: World, dsn: str) -> Desk:
    """The app over the world's store, at the world's time."""
    service = build(Settings(database_url=dsn, secret_key="a secret for tests only", simulator=True))
    service.store, service.clock = world.store, world.clock
    service.app.state.clock = world.clock
    transport = httpx.ASGITransport(service.app, raise_app_exceptions=False)
    return Desk(service, httpx.AsyncClient(transport=transport, base_url="http://testserver"))


async def is_for_those_who_watch(desk: Desk, address: str) -> None:
    """A page of a unit: for whoever watches it, nowhere for other watchers, a sign-in for everybody else."""
    for who, unit, status in [
        (SUPERVISOR, "24121", 200),
        (SUPERVISOR, "24133", 404),
        (SUPERVISOR, "66", 404),
        (NEIGHBOUR_SUPERVISOR, "24121", 404),
        (PROVINCE_SUPERVISOR, "24133", 200),
        (PROVINCE_SUPERVISOR, "99", 404),
        (ADMINISTRATOR, "66", 200),
        (ADMINISTRATOR, "", 200),
    ]:
        assert (await desk.page(f"{address}?unit={unit}", who)).status_code == status, (who, unit)
    for who in (None, member("here"), OPERATOR):
        assert (await desk.page(address, who)).headers["location"] == "/sign-in"
