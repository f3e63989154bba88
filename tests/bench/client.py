"""A lean HTTP client for load: keep-alive connections, prepared bytes, nothing parsed but what is needed.

The machine's two cores are shared with what is measured, so the client must cost little beside it.
"""

import asyncio
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import orjson


@dataclass(frozen=True, slots=True)
class Answer:
    """Status and raw body."""

    status: int
    body: bytes

    def json(self) -> Any:
        return orjson.loads(self.body)


class Connection:
    """One keep-alive connection to one address."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        self._host, self._port = parts.hostname or "127.0.0.1", parts.port or 80
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def post(self, path: str, body: bytes, token: str | None = None) -> Answer:
        """Send and wait for the answer; a connection that was closed is opened again."""
        signed = f"authorization: Bearer {token}\r\n" if token else ""
        head = (
            f"POST {path} HTTP/1.1\r\nhost: {self._host}:{self._port}\r\ncontent-type: application/json\r\n"
            f"{signed}content-length: {len(body)}\r\n\r\n"
        )
        return await self._exchange(head.encode() + body)

    async def close(self) -> None:
        if self._writer:
            self._writer.close()

    async def _exchange(self, request: bytes) -> Answer:
        if self._writer is None or self._writer.is_closing():
            self._reader, self._writer = await asyncio.open_connection(self._host, self._port)
        assert self._reader is not None
        self._writer.write(request)
        head = await self._reader.readuntil(b"\r\n\r\n")
        status = int(head[9:12])
        fields = head.lower()
        if b"transfer-encoding: chunked" in fields:
            return Answer(status, await self._chunks(self._reader))
        at = fields.index(b"content-length:") + len(b"content-length:")
        length = int(fields[at : fields.index(b"\r\n", at)])
        return Answer(status, await self._reader.readexactly(length))

    async def _chunks(self, reader: asyncio.StreamReader) -> bytes:
        body = b""
        while size := int(await reader.readline(), 16):
            body += await reader.readexactly(size)
            await reader.readexactly(2)
        await reader.readexactly(2)
        return body
