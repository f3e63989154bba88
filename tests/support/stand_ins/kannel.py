"""Kannel's HTTP side as smsbox 1.4.5 shows it: it reads every header, and can be rude.

Its answers are word for word those of the real one, which tests/phones runs.
"""

import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote_plus
from uuid import uuid4

from tests.support.stand_ins.http import Answer, Asked, Manners, serving

USERNAME, PASSWORD = "caunoi", "a password of Kannel"
Said = tuple[int, str] | Literal["silence", "hang_up"]
"""A status and words; `hang_up`: it is taken, and the connection closed without an answer."""

ACCEPTED = (202, "0: Accepted for delivery")
QUEUED = (202, "3: Queued for later delivery")
WRONG_PASSWORD = (403, "Authorization failed for sendsms")
NOT_ROUTABLE = (403, "Not routable. Do not try again.")
NO_SENDER = (400, "Sender missing and no global set, rejected")
DENIED = (400, "Number(s) has/have been denied by white- and/or black-lists.")
WRONG_CONTENT_TYPE = (400, "Unsupported content-type, rejected")
BUSY = (503, "Temporal failure, try again later.")
NOT_FOUND = (404, "Not found")

_WRITTEN = {"0": ("text/plain; charset=UTF-8", "utf-8"), "2": ("application/octet-stream", "utf-16-be")}
"""The two ways in which we write, by coding."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A message as the network has it."""

    sender: str
    to: str
    text: str
    receipt_url: str

    def receipt(self, bits: int, word: str = "", key: str | None = None, at: int = 1_795_000_000) -> str:
        """Where Kannel would go to tell of it: its codes filled in as it does. `key`: of a repeat."""
        values = {"%d": str(bits), "%I": key or str(uuid4()), "%T": str(at), "%F": str(uuid4()), "%A": quote_plus(word)}
        return re.sub("%[dITFA]", lambda code: values[code.group()], self.receipt_url)


class KannelStandIn:
    """`decide` may be changed at any time; what it has taken stays."""

    def __init__(self) -> None:
        self.taken: list[Taken] = []
        self.requests: list[str] = []
        """Methods and addresses: what an access log would hold."""
        self.url = ""
        self.be_kind()

    def be_kind(self) -> None:
        self.decide: Callable[[Taken], Said] = lambda _: ACCEPTED

    @asynccontextmanager
    async def running(self) -> AsyncIterator["KannelStandIn"]:
        async with serving(self._hear) as self.url:
            yield self

    async def _hear(self, asked: Asked) -> Manners:
        self.requests.append(f"{asked.method} {asked.path}{asked.query or ''}")
        said = self._judge(asked)
        if isinstance(said, str):
            return said
        status, words = said
        return Answer(status, words.encode(), {"content-type": "text/html"})

    def _judge(self, asked: Asked) -> Said:
        """In the order in which smsbox looks."""
        headers = asked.headers
        if (asked.method, asked.path) != ("POST", "/cgi-bin/sendsms"):
            return NOT_FOUND
        if (headers.get("x-kannel-username"), headers.get("x-kannel-password")) != (USERNAME, PASSWORD):
            return WRONG_PASSWORD
        if not re.fullmatch(r"\+?[0-9 ]+", headers.get("x-kannel-to", "")):
            return DENIED
        if not headers.get("x-kannel-from"):
            return NO_SENDER
        content_type, charset = _WRITTEN.get(headers.get("x-kannel-coding", ""), ("", ""))
        if headers.get("content-type") != content_type:
            return WRONG_CONTENT_TYPE
        assert headers.get("x-kannel-dlr-mask") == "31"
        taken = Taken(
            headers["x-kannel-from"], headers["x-kannel-to"], asked.body.decode(charset), headers["x-kannel-dlr-url"]
        )
        said = self.decide(taken)
        if said in (ACCEPTED, QUEUED, "hang_up"):
            self.taken.append(taken)
        return said
