"""Calls to addresses that a person may choose, kept away from our own networks (server-side request forgery).

A name is resolved, every address it has is judged, and the connection goes to the very address that was judged: a name
that answers differently a moment later gains nothing. TLS and `Host` still go by the name. Redirects are not followed.
https://cheatsheetseries.owasp.org/cheatsheets/Server_Side_Request_Forgery_Prevention_Cheat_Sheet.html
"""

import asyncio
import socket
import ssl
from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

import httpcore
import httpx

from shared.web.trust import trusted

Address = IPv4Address | IPv6Address
Networks = Sequence[IPv4Network | IPv6Network]

_NAT64 = ip_network("64:ff9b::/96")  # RFC 6052: an IPv4 address in the last 32 bits
_LOCAL_NAT64 = ip_network("64:ff9b:1::/48")  # RFC 8215: leads wherever the own network says
_RELAYS = ip_network("192.88.99.0/24")  # RFC 7526: relays to IPv6 that nobody runs any more


class AddressRefused(httpx.ConnectError):
    """The name leads into a network where we send nothing."""


def networks(text: str) -> Networks:
    """Networks written as `127.0.0.0/8, fd00::/8`. ValueError names the one that is none."""
    return tuple(ip_network(part) for part in text.replace(",", " ").split())


def may_reach(address: Address, allowed: Networks = ()) -> bool:
    """Whether it is an address of the open internet, or of a network that is allowed by name."""
    inner = _inner(address)
    if any(inner in network for network in allowed if network.version == inner.version):
        return True
    if isinstance(inner, IPv6Address) and (inner.is_site_local or inner in _LOCAL_NAT64):
        return False
    if isinstance(inner, IPv4Address) and inner in _RELAYS:
        return False
    return inner.is_global and not (inner.is_multicast or inner.is_reserved or inner.is_unspecified)


def guarded_client(
    timeout_s: float, allowed: Networks = (), tls: ssl.SSLContext | None = None, in_flight: int = 20
) -> httpx.AsyncClient:
    """A client that reaches the open internet and `allowed`, follows nobody, and heeds no proxy of the environment."""
    transport = _GuardedTransport(allowed, tls or trusted(), in_flight)
    return httpx.AsyncClient(transport=transport, timeout=timeout_s, follow_redirects=False, trust_env=False)


async def addresses_of(host: str, port: int) -> list[Address]:
    """What a name leads to, in the order of the resolver; none where nobody knows it."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return list(dict.fromkeys(ip_address(str(entry[4][0])) for entry in found))


class _GuardedTransport(httpx.AsyncHTTPTransport):
    """httpx's own, over connections that are judged where they are made: pooled ones stay with their name."""

    def __init__(self, allowed: Networks, tls: ssl.SSLContext, in_flight: int) -> None:
        super().__init__(verify=tls, trust_env=False)
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=tls, max_connections=in_flight, keepalive_expiry=5.0, network_backend=_Guard(allowed)
        )


class _Guard(httpcore.AsyncNetworkBackend):
    def __init__(self, allowed: Networks) -> None:
        self._allowed = allowed
        self._network: httpcore.AsyncNetworkBackend = httpcore.AnyIOBackend()  # pyright: ignore[reportAttributeAccessIssue]  (it is one wherever anyio is)

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        found = await addresses_of(host, port)
        judged = [address for address in found if may_reach(address, self._allowed)]
        if found and not judged:
            raise AddressRefused("a private network")
        failed: Exception = httpcore.ConnectError("unknown name")
        for address in judged:
            try:
                return await self._network.connect_tcp(str(address), port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failed = error
        raise failed

    async def sleep(self, seconds: float) -> None:
        await self._network.sleep(seconds)


def _inner(address: Address) -> Address:
    """The IPv4 address within an IPv6 one, where that is where it leads."""
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address
