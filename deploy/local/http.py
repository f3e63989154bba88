"""A small JSON client for servers on this machine.

HTTP/1.0, a connection an answer: on loopback that costs nothing, and the standard library's client would load TLS and
mail parsing, a third of the supervisor's memory.
"""

import json
import socket
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Answer:
    """Status 0: nobody answered. `body` is None where it was no JSON."""

    status: int
    body: Any = None


@dataclass(frozen=True)
class Client:
    """One server. Never raises for one that is away or answers nonsense; the answer says so."""

    url: str
    token: str | None = None
    patience_s: float = 5.0

    def get(self, path: str) -> Answer:
        return self.ask("GET", path)

    def post(self, path: str, body: Any = None) -> Answer:
        return self.ask("POST", path, body)

    def put(self, path: str, body: Any = None) -> Answer:
        return self.ask("PUT", path, body)

    def ask(self, method: str, path: str, body: Any = None) -> Answer:
        server = urlsplit(self.url)
        address = (server.hostname or "127.0.0.1", server.port or 80)
        try:
            with socket.create_connection(address, self.patience_s) as connection:
                connection.sendall(self._request(method, path, server.netloc, body))
                return _answer(_read_all(connection))
        except OSError:
            return Answer(0)

    def _request(self, method: str, path: str, host: str, body: Any) -> bytes:
        content = b"" if body is None else json.dumps(body).encode()
        head = [
            f"{method} {path} HTTP/1.0",
            f"host: {host}",
            "accept: application/json",
            "content-type: application/json",
            f"content-length: {len(content)}",
        ]
        if self.token:
            head.append(f"authorization: Bearer {self.token}")
        return "\r\n".join([*head, "", ""]).encode() + content


def _read_all(connection: socket.socket) -> bytes:
    parts: list[bytes] = []
    while part := connection.recv(65536):
        parts.append(part)
    return b"".join(parts)


def _answer(said: bytes) -> Answer:
    head, _, body = said.partition(b"\r\n\r\n")
    words = head.split(maxsplit=2)
    if len(words) < 2 or not words[1].isdigit():
        return Answer(0)
    try:
        return Answer(int(words[1]), json.loads(body) if body else None)
    except ValueError:
        return Answer(int(words[1]))
