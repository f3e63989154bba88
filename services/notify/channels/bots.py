"""Bots as Telegram and Zalo Bot have them: `POST <url>/bot<token>/<method>`, answered by `{ok, result}`."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog

from services.notify.channels import calling
from services.notify.channels.calling import NotReached
from services.notify.channels.channel import Outcome
from shared.tasks import end

log = structlog.get_logger()
TIMEOUT_S = 10.0
AGAIN_S = 60.0


@dataclass(frozen=True, slots=True)
class Told:
    """A bot's answer. `code` is its `error_code`, or the HTTP status."""

    ok: bool
    result: Any = None  # another thing for each method
    code: int = 200
    description: str = ""
    retry_after: timedelta | None = None


class Bot:
    """One bot's address. The token stands in it, so it is never logged."""

    def __init__(self, url: str, token: str, timeout_s: float = TIMEOUT_S) -> None:
        self.timeout_s = timeout_s
        self._address = f"{url.rstrip('/')}/bot{token}"
        self._client = calling.client(timeout_s)

    async def call(self, method: str, payload: Mapping[str, Any], longer_s: float = 0.0) -> Told:
        """Raises `NotReached`."""
        answer = await calling.call(
            self._client, self.timeout_s + longer_s, f"{self._address}/{method}", json=dict(payload)
        )
        body = answer.body
        if answer.status < 300 and body.get("ok") is True:
            return Told(True, body.get("result"))
        parameters = body.get("parameters")
        wait = parameters.get("retry_after") if isinstance(parameters, dict) else None
        code = body.get("error_code")
        return Told(
            False,
            code=code if isinstance(code, int) else answer.status,
            description=str(body.get("description", "")),
            retry_after=calling.bounded(wait),
        )

    async def close(self) -> None:
        await self._client.aclose()


Refusals = Sequence[tuple[int, str, Outcome]]
"""`error_code`, words of its description in lower case, and what it means; the first that fits stands."""


def read_refusal(told: Told, refusals: Refusals) -> Outcome:
    """What a refusal means. One that nobody knows passes where it is the other side's trouble, else it is final."""
    said = told.description.lower()
    for code, words, outcome in refusals:
        if code == told.code and words in said:
            return Outcome(
                outcome.kind, outcome.reason, address_is_bad=outcome.address_is_bad, retry_after=told.retry_after
            )
    if told.code >= 500 or told.code < 400:
        return Outcome("temporary", f"http_{told.code}")
    return Outcome("permanent", f"refused_{told.code}")


class Registration:
    """Tells the other side where our webhook is, until it has heard."""

    def __init__(self, bot: Bot, name: str, webhook: Mapping[str, Any]) -> None:
        self._bot = bot
        self._name = name
        self._webhook = webhook
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._task = asyncio.create_task(self._insist(), name=f"webhook-{self._name}")

    async def stop(self) -> None:
        if self._task:
            await end([self._task])
        await self._bot.close()

    async def _insist(self) -> None:
        while True:
            if await self._tell():
                return
            await asyncio.sleep(AGAIN_S)

    async def _tell(self) -> bool:
        try:
            told = await self._bot.call("setWebhook", self._webhook)
        except NotReached as error:
            log.warning("bot.webhook_not_set", bot=self._name, error=str(error))
            return False
        if not told.ok:
            log.error("bot.webhook_refused", bot=self._name, code=told.code)
        return told.ok
