"""What a resident does to a ticket is assign's to decide: it is sent on to its API."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import httpx
import structlog

from shared.web.trace_context import onward
from shared.web.trust import trusted

log = structlog.get_logger()
PATIENCE_S = 5.0


class Outcome(StrEnum):
    """What became of it."""

    DONE = "done"
    NOT_NOW = "not_now"
    """Not possible in the ticket's state, or done already."""
    REFUSED = "refused"
    """What was sent was wrong, or the ticket is not this caller's."""
    TOO_OFTEN = "too_often"
    """Tried too often; an hour later it may be tried again."""
    AWAY = "away"
    """Assign does not answer: nothing is known of it, it may be tried again."""


class Assign:
    """Assign's API, as far as intake's pages need it."""

    def __init__(self, url: str) -> None:
        self._client = httpx.AsyncClient(base_url=url, verify=trusted(), timeout=PATIENCE_S, trust_env=False)

    async def close(self) -> None:
        await self._client.aclose()

    async def do(
        self, code: str, action: str, body: Mapping[str, Any], *, address: str = "", token: str | None = None
    ) -> Outcome:
        """Create `action` (`cancellation` …) on a ticket, for the caller at `address`, or by a staff token."""
        headers = onward() | ({"X-Forwarded-For": address} if address else {})
        if token:
            headers["Authorization"] = f"Bearer {token}"
        try:
            answer = await self._client.post(f"/api/v1/tickets/{code}/{action}", json=dict(body), headers=headers)
        except httpx.HTTPError as error:
            log.warning("assign.away", action=action, ticket=code, error=type(error).__name__)
            return Outcome.AWAY
        log.info("assign.asked", action=action, ticket=code, status=answer.status_code)
        return _outcome(answer.status_code)

    async def nearest(self, lat: float, lon: float, category: str, token: str) -> list[Mapping[str, Any]] | None:
        """The nearest teams to a point with metres and load, nearest first; None while assign does not answer."""
        try:
            answer = await self._client.get(
                "/api/v1/teams/nearest",
                params={"lat": lat, "lon": lon, "category": category},
                headers={"Authorization": f"Bearer {token}"},
            )
        except httpx.HTTPError:
            return None
        return answer.json() if answer.status_code == 200 else None


def _outcome(status: int) -> Outcome:
    if status < 300:
        return Outcome.DONE
    if status in (409, 412):
        return Outcome.NOT_NOW
    if status == 429:
        return Outcome.TOO_OFTEN
    return Outcome.REFUSED if status < 500 else Outcome.AWAY
