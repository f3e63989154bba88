"""Promise 2.4: addresses that a person may choose never lead into our own networks."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from ipaddress import ip_address

import httpx
import pytest
import trustme

from shared.web import outgoing
from shared.web.outgoing import AddressRefused, guarded_client, may_reach, networks

PRIVATE = (
    *("127.0.0.1", "127.8.9.10", "0.1.2.3", "10.0.0.1", "172.16.5.4", "192.168.1.1", "100.64.0.1", "169.254.169.254"),
    *("224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255", "192.88.99.1", "198.18.0.1", "192.0.2.1"),
    *("::1", "::", "fe80::1", "fec0::1", "fc00::1", "fd00:ec2::254", "ff02::1", "2001:db8::1", "64:ff9b:1::1"),
    *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe"),
    *("2002:7f00:1::", "2002:a00:1::", "::127.0.0.1", "2001:0:7f00:1::"),
)
OPEN = ("1.1.1.1", "113.161.0.1", "2606:4700:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101", "2002:101:101::1")


@pytest.mark.parametrize("address", PRIVATE)
def test_nothing_is_sent_into_a_private_network_however_it_is_written(address: str) -> None:
    assert not may_reach(ip_address(address))


@pytest.mark.parametrize("address", OPEN)
def test_the_open_internet_can_be_reached(address: str) -> None:
    assert may_reach(ip_address(address))


def test_a_network_of_ones_own_house_is_allowed_by_name_and_no_other() -> None:
    allowed = networks("192.168.7.0/24, fd12::/16")
    assert may_reach(ip_address("192.168.7.9"), allowed) and may_reach(ip_address("::ffff:192.168.7.9"), allowed)
    assert may_reach(ip_address("fd12::1"), allowed)
    assert not may_reach(ip_address("192.168.8.9"), allowed) and not may_reach(ip_address("fd13::1"), allowed)


def test_what_is_no_network_is_named() -> None:
    with pytest.raises(ValueError, match="nonsense"):
        networks("127.0.0.0/8 nonsense")


Answer = Callable[[], Awaitable[None]]


class Server:
    """A bare HTTP server under TLS that says which name it was asked for."""

    def __init__(self) -> None:
        self.hosts: list[str] = []
        self.port = 0
        self.authority = trustme.CA()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked = (await reader.readuntil(b"\r\n\r\n")).decode()
        self.hosts += [line.split(": ", 1)[1] for line in asked.splitlines() if line.lower().startswith("host:")]
        place = b"location: https://bridge.example/elsewhere\r\n" if "/redirect" in asked else b""
        status = b"302 Found" if place else b"204 No Content"
        writer.write(b"HTTP/1.1 " + status + b"\r\n" + place + b"connection: close\r\n\r\n")
        await writer.drain()
        writer.close()


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    made = Server()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    made.authority.issue_cert("bridge.example").configure_cert(context)
    listening = await asyncio.start_server(made.serve, "127.0.0.1", 0, ssl=context)
    made.port = listening.sockets[0].getsockname()[1]
    yield made
    listening.close()


@pytest.fixture
def resolved(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """What names lead to; asked once for each connection."""
    names: dict[str, list[str]] = {}

    async def addresses_of(host: str, port: int) -> list[outgoing.Address]:
        return [ip_address(address) for address in names.get(host, [])]

    monkeypatch.setattr(outgoing, "addresses_of", addresses_of)
    return names


def client(server: Server, allowed: str) -> httpx.AsyncClient:
    tls = ssl.create_default_context()
    server.authority.configure_trust(tls)
    return guarded_client(5.0, networks(allowed), tls)


async def test_the_certificate_and_the_host_are_the_names_though_the_address_was_judged(
    server: Server, resolved: dict[str, list[str]]
) -> None:
    resolved["bridge.example"] = ["169.254.169.254", "127.0.0.1"]
    async with client(server, "127.0.0.0/8") as http:
        answer = await http.post(f"https://bridge.example:{server.port}/hook")
    assert answer.status_code == 204
    assert server.hosts == [f"bridge.example:{server.port}"]


async def test_a_name_that_leads_inside_is_refused_before_a_byte_is_sent(
    server: Server, resolved: dict[str, list[str]]
) -> None:
    resolved["bridge.example"] = ["127.0.0.1", "::1"]
    async with client(server, "10.0.0.0/8") as http:
        with pytest.raises(AddressRefused):
            await http.post(f"https://bridge.example:{server.port}/hook")
    assert server.hosts == []


async def test_a_name_that_is_another_persons_certificate_is_not_believed(
    server: Server, resolved: dict[str, list[str]]
) -> None:
    resolved["other.example"] = ["127.0.0.1"]
    async with client(server, "127.0.0.0/8") as http:
        with pytest.raises(httpx.ConnectError, match=r"other\.example"):
            await http.post(f"https://other.example:{server.port}/hook")


async def test_a_redirect_is_not_followed(server: Server, resolved: dict[str, list[str]]) -> None:
    resolved["bridge.example"] = ["127.0.0.1"]
    async with client(server, "127.0.0.0/8") as http:
        answer = await http.get(f"https://bridge.example:{server.port}/redirect")
    assert answer.status_code == 302
    assert len(server.hosts) == 1


async def test_a_name_that_nobody_knows_is_no_refusal(server: Server, resolved: dict[str, list[str]]) -> None:
    async with client(server, "") as http:
        with pytest.raises(httpx.ConnectError) as failed:
            await http.get("https://nowhere.example/")
    assert not isinstance(failed.value, AddressRefused)


async def test_the_resolver_of_this_machine_is_asked() -> None:
    assert ip_address("127.0.0.1") in await outgoing.addresses_of("localhost", 80)
    assert await outgoing.addresses_of("no-such-name.invalid", 80) == []
