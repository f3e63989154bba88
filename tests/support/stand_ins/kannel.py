"""Kannel's HTTP side as smsbox 1.4.5 shows it: it reads every header, and can be rude.

Its answers are word for word those of the real one, which tests/phones runs.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import quote_plus
from uuid import uuid4

USERNAME, PASSWORD = "caunoi", "a password of Kannel"
Answer = tuple[int, str] | None
"""None: the connection is closed without one."""

ACCEPTED = (202, "0: Accepted for delivery")
QUEUED = (202, "3: Queued for later delivery")
WRONG_PASSWORD = (403, "Authorization failed for sendsms")
NOT_ROUTABLE = (403, "Not routable. Do not try again.")
NO_SENDER = (400, "Sender missing and no global set, rejected")
DENIED = (400, "Number(s) has/have been denied by white- and/or black-lists.")
WRONG_CONTENT_TYPE = (400, "Unsupported content-type, rejected")
BUSY = (503, "Temporal failure, try again later.")


@dataclass(frozen=True, slots=True)
class Taken:
    """A message as the network has it."""

    sender: str
    to: str
    text: str
    coding: str
    receipt_url: str

    def receipt(self, bits: int, word: str = "", key: str | None = None, at: int = 1_795_000_000) -> str:
        """Where Kannel would go to tell of it: its codes filled in as it does. `key`: of a repeat."""
        values = {"%d": str(bits), "%I": key or str(uuid4()), "%T": str(at), "%F": str(uuid4()), "%A": quote_plus(word)}
        return re.sub("%[dITFA]", lambda code: values[code.group()], self.receipt_url)


class KannelStandIn:
    """On a port of its own. `answers` may be changed at any time; what it has taken stays."""

    def __init__(self) -> None:
        self.taken: list[Taken] = []
        self.requests: list[str] = []
        """First lines: what an access log would hold."""
        self.connections = 0
        self.be_kind()

    def be_kind(self) -> None:
        self.decide: Callable[[Taken], Answer] = lambda _: ACCEPTED
        self.silent = False

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    def stop(self) -> None:
        """Nobody listens on the port any more."""
        self._server.close()

    @asynccontextmanager
    async def running(self) -> AsyncIterator["KannelStandIn"]:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        try:
            yield self
        finally:
            self.stop()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            first, *lines = head.strip().split("\r\n")
            headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
            body = await reader.readexactly(int(headers.get("content-length", "0")))
            self.requests.append(first)
            while self.silent and not reader.at_eof():
                await asyncio.sleep(0.02)
            if answer := self._answer(first, headers, body):
                status, said = answer
                writer.write(
                    f"HTTP/1.1 {status} OK\r\nServer: Kannel/1.4.5\r\nContent-Type: text/html\r\n"
                    f"Content-Length: {len(said)}\r\n\r\n{said}".encode()
                )
                await writer.drain()
        finally:
            writer.close()

    def _answer(self, first: str, headers: Mapping[str, str], body: bytes) -> Answer:
        if first != "POST /cgi-bin/sendsms HTTP/1.1":
            return 404, "Not found"
        told = (headers.get("x-kannel-username"), headers.get("x-kannel-password"))
        if told != (USERNAME, PASSWORD):
            return WRONG_PASSWORD
        sender, to = headers.get("x-kannel-from", ""), headers.get("x-kannel-to", "")
        if not sender:
            return NO_SENDER
        if not re.fullmatch(r"\+?[0-9 ]+", to):
            return DENIED
        coding = headers.get("x-kannel-coding", "")
        kinds = {"0": ("text/plain; charset=UTF-8", "utf-8"), "2": ("application/octet-stream", "utf-16-be")}
        content_type, charset = kinds.get(coding, ("", ""))
        if headers.get("content-type") != content_type:
            return WRONG_CONTENT_TYPE
        assert headers.get("x-kannel-dlr-mask") == "31"
        taken = Taken(sender, to, body.decode(charset), coding, headers.get("x-kannel-dlr-url", ""))
        answer = self.decide(taken)
        if answer in (ACCEPTED, QUEUED, None):
            self.taken.append(taken)
        return answer
