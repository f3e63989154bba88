"""Where a request comes from: the gateway's word, never the caller's own."""

from functools import lru_cache
from ipaddress import IPv6Address, ip_address

from starlette.requests import HTTPConnection


def client_address(connection: HTTPConnection) -> str:
    """The caller's address. Our gateway and our services stand on private addresses; only they may forward one."""
    peer = connection.client.host if connection.client else ""
    forwarded = connection.headers.get("x-forwarded-for", "").rpartition(",")[2].strip()
    return forwarded if forwarded and _is_ours(peer) else peer


def household(connection: HTTPConnection) -> str:
    """What counts as one caller where tries are counted: of an IPv6 address the /64, which is one subscriber's."""
    address = client_address(connection)
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    return parsed.exploded[:19] if isinstance(parsed, IPv6Address) else address


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
