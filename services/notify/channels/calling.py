"""One HTTP call to a provider: an answer, or what its lack means for the message."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx
import orjson

from services.notify.channels.channel import Outcome
from shared.web.trust import trusted

NEVER_LEFT = Outcome("temporary", "unreachable")
NO_ANSWER = Outcome("temporary", "no_answer", maybe_sent=True)
LONGEST_WAIT = timedelta(hours=1)


class NotReached(Exception):
    """No answer came. `outcome` says whether our words may have arrived."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.reason)
        self.outcome = outcome


@dataclass(frozen=True, slots=True)
class Answer:
    """What the provider said. `body` is its JSON object, empty where it is none."""

    status: int
    body: Mapping[str, Any] = field(default_factory=dict)  # JSON of others: whatever they send
    headers: Mapping[str, str] = field(default_factory=dict)
    """Names in any case."""


def client(timeout_s: float) -> httpx.AsyncClient:
    """Follows nobody to another address."""
    return httpx.AsyncClient(verify=trusted(), timeout=timeout_s, follow_redirects=False)


async def call(client: httpx.AsyncClient, timeout_s: float, url: str, *, verb: str = "POST", **request: Any) -> Answer:
    """`request` is httpx's. Raises NotReached. Errors are named by their kind alone: their text holds the address."""
    try:
        async with asyncio.timeout(timeout_s):
            answer = await client.request(verb, url, timeout=timeout_s, **request)
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout):
        raise NotReached(NEVER_LEFT) from None
    except (httpx.HTTPError, TimeoutError):
        raise NotReached(NO_ANSWER) from None
    return Answer(answer.status_code, _object(answer.content), answer.headers)


def _object(content: bytes) -> Mapping[str, Any]:
    try:
        found = orjson.loads(content)
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def bounded(seconds: object) -> timedelta | None:
    """A pause that the other side asks for, an hour at most."""
    if not isinstance(seconds, int | float) or seconds < 0:
        return None
    return min(timedelta(seconds=seconds), LONGEST_WAIT)
