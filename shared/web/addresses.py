"""Where a request comes from: the gateway's word, never the caller's own."""

from functools import lru_cache
from ipaddress import ip_address

from starlette.requests import HTTPConnection


def client_address(connection: HTTPConnection) -> str:
    """The caller's address. Our gateway and our services stand on private addresses; only they may forward one."""
    peer = connection.client.host if connection.client else ""
    forwarded = connection.headers.get("x-forwarded-for", "").rpartition(",")[2].strip()
    return forwarded if forwarded and _is_ours(peer) else peer


def is_loopback(connection: HTTPConnection) -> bool:
    """Whether the caller sits at this machine."""
    return _is_loopback(client_address(connection))


@lru_cache(maxsize=256)
def _is_loopback(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False


@lru_cache(maxsize=256)
def _is_ours(peer: str) -> bool:
    try:
        return ip_address(peer).is_private
    except ValueError:
        return False
