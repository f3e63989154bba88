"""Somebody's chat bridge behind a Standard Webhooks 1.0.0 endpoint: verifies what it gets, knows repeats by their id.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from standardwebhooks import Webhook

from tests.support.stand_ins.http import Answer, Asked, Manners, serving

KEY = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


class Bridge:
    """Answers as it is told, else 204; `manners` are for every call, `answers` for the next ones."""

    def __init__(self) -> None:
        self.url = ""
        self.key = KEY
        self.received: list[dict[str, Any]] = []
        """Every verified body, repeats too."""
        self.ids: list[str] = []
        self.shown: dict[str, dict[str, Any]] = {}
        """What people see, each id once."""
        self.refused = 0
        self.answers: list[Manners] = []
        self.manners: Manners = Answer(204)
        self.hangs_up_after_taking = False

    async def hook(self, asked: Asked) -> Manners:
        try:
            message = Webhook(self.key).verify(asked.body, dict(asked.headers))
        except Exception:  # whatever is wrong with a signature
            self.refused += 1
            return Answer(401)
        id = asked.headers["webhook-id"]
        if asked.headers["content-type"] != "application/json" or "." in id or len(asked.body) > 20_000:
            return Answer(400)
        self.received.append(message)
        self.ids.append(id)
        manners = self.answers.pop(0) if self.answers else self.manners
        if isinstance(manners, Answer) and manners.status < 300:
            self.shown.setdefault(id, message)
        return "hang_up" if self.hangs_up_after_taking else manners


@asynccontextmanager
async def bridge() -> AsyncIterator[Bridge]:
    """A running one."""
    made = Bridge()
    async with serving(made.hook) as url:
        made.url = f"{url}/hook"
        yield made
