"""An HTTP server on a free port whose manners are at our command: it may also say nothing, or hang up."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it came."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    """Names in small letters."""
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered; a `body` that is no bytes is sent as JSON."""

    status: int = 200
    body: Any = b""
    headers: Mapping[str, str] = field(default_factory=dict)


Manners = Answer | Literal["silence", "hang_up"]
Handler = Callable[[Asked], Awaitable[Manners]]


@asynccontextmanager
async def serving(handler: Handler) -> AsyncIterator[str]:
    """The server's address, without a slash at its end."""
    conversations: set[asyncio.Task[Any]] = set()

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        conversations.add(task)
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                await _answer(await handler(await _read(reader)), writer)
        finally:
            writer.close()
            conversations.discard(task)

    server = await asyncio.start_server(converse, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for task in conversations:
            task.cancel()
        await asyncio.gather(*conversations, return_exceptions=True)


async def _read(reader: asyncio.StreamReader) -> Asked:
    first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("ascii").rstrip().split("\r\n")
    method, target, _ = first.split(" ")
    headers = {name.lower(): value.strip() for name, value in (line.split(":", 1) for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    address = urlsplit(target)
    return Asked(method, address.path, dict(parse_qsl(address.query, keep_blank_values=True)), headers, body)


async def _answer(manners: Manners, writer: asyncio.StreamWriter) -> None:
    if manners == "silence":
        await asyncio.Event().wait()
    if not isinstance(manners, Answer):
        return
    body = manners.body if isinstance(manners.body, bytes) else json.dumps(manners.body).encode()
    headers = {"content-type": "application/json", "content-length": str(len(body)), "connection": "close"}
    lines = [f"HTTP/1.1 {manners.status} as told", *(f"{n}: {v}" for n, v in {**headers, **manners.headers}.items())]
    writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
    await writer.drain()
