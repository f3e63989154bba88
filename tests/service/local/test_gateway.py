"""The one address: who answers what, what is refused, and what a restart looks like from outside."""

import asyncio
import os
import signal
import time

import httpx
import pytest

from tests.service.local.conftest import House

ANSWERED_BY = {
    "intake": ["/", "/operator", "/t/482915307", "/api/v1/requests", "/api/v1/catalogue/communes", "/static/a.css"],
    "assign": [
        "/team",
        "/team/x",
        "/supervisor",
        "/admin",
        "/sign-in/abc",
        "/api/v1/tickets",
        "/api/v1/tickets/1/start",
    ],
    "notify": ["/messages", "/hooks/webhook", "/phones", "/api/v1/messages", "/api/v1/phones/1/messages"],
}
ANSWERED_BY["assign"] += ["/api/v1/teams/nearest", "/api/v1/units", "/api/v1/metrics", "/api/v1/roster"]
ANSWERED_BY["assign"] += ["/api/v1/policies/payments"]
ANSWERED_BY["intake"] += ["/components", "/teamwork", "/api/v1/ticketsx"]


@pytest.mark.parametrize(("service", "path"), [(s, path) for s, paths in ANSWERED_BY.items() for path in paths])
def test_each_path_has_its_service(standing_house: House, service: str, path: str) -> None:
    seen = httpx.get(standing_house.address + path).json()
    assert (seen["service"], seen["path"]) == (service, path)


@pytest.mark.parametrize("service", ["intake", "assign", "notify"])
def test_a_services_own_pages_stand_under_its_name(standing_house: House, service: str) -> None:
    seen = httpx.get(f"{standing_house.address}/{service}/docs").json()
    assert (seen["service"], seen["path"]) == (service, "/docs")
    assert seen["headers"]["x-forwarded-prefix"] == f"/{service}"


@pytest.mark.parametrize("room", ["simulator/clock", "simulator", "operations/replay"])
@pytest.mark.parametrize(
    "way",
    ["/{}", "//{}", "/assign/{}", "/assign//{}", "/x/../{}", "/assign/x/%2e%2e/{}", "/%61ssign/{}", "/notify/./{}"],
)
@pytest.mark.parametrize("encoded", [False, True])
def test_what_only_this_machine_may_do_is_not_to_be_had_here(
    standing_house: House, way: str, room: str, encoded: bool
) -> None:
    path = way.format("%73imulator/clock".replace("simulator/clock", room) if encoded else room)
    answer = asyncio.run(_raw(standing_house.port, f"PUT {path} HTTP/1.1"))
    assert b"404" in answer.split(b"\r\n")[0]


async def _raw(port: int, line: str) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"{line}\r\nHost: x\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{{}}".encode())
    return await reader.read()


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_beyond_what_services_read_is_refused_with_a_problem(standing_house: House, chunked: bool) -> None:
    body = b"x" * (1024 * 1024 + 1)
    content = iter([body]) if chunked else body
    refused = httpx.post(f"{standing_house.address}/api/v1/requests", content=content)
    assert refused.status_code == 413
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["status"] == 413
    assert "64 kB" in refused.json()["detail"]


def test_a_large_body_reaches_the_service_that_says_no_to_it_and_a_roster_of_20_mib_passes(
    standing_house: House,
) -> None:
    """The services' own limits: tests/contract/test_large_bodies.py."""
    for path, size in (("requests", 1024 * 1024), ("roster", 20 * 1024 * 1024)):
        answer = httpx.post(f"{standing_house.address}/api/v1/{path}", content=b"x" * size)
        assert answer.json()["bytes"] == size


@pytest.mark.parametrize("path", ["/", "/team", "/phones", "/stream", "/simulator/clock"])
def test_head_is_get_without_the_body(standing_house: House, path: str) -> None:
    """Also of a page that goes on for ever."""
    with httpx.Client(base_url=standing_house.address, timeout=60) as client:
        seen, asked = client.stream("GET", path), client.head(path)
        with seen as whole:
            assert asked.status_code == whole.status_code
            assert asked.headers["content-type"] == whole.headers["content-type"]
        assert asked.content == b""
        assert client.get("/").json()["path"] == "/", "the connection goes on"


def test_problems_speak_the_callers_language(standing_house: House) -> None:
    address = f"{standing_house.address}/simulator/clock"
    assert httpx.get(address).json()["title"] == "Không tìm thấy"
    assert httpx.get(address, headers={"accept-language": "en-GB,en"}).json()["title"] == "Not found"


def test_the_callers_address_is_the_gateways_word_and_not_the_callers(standing_house: House) -> None:
    forged = {"x-forwarded-for": "203.0.113.9", "x-forwarded-prefix": "/evil"}
    seen = httpx.get(f"{standing_house.address}/", headers=forged).json()["headers"]
    assert seen["x-forwarded-for"] == "127.0.0.1"
    assert "x-forwarded-prefix" not in seen


def test_what_stands_before_the_gateway_may_name_the_caller_where_it_is_trusted(house: House) -> None:
    house.end()
    house.environment["GATEWAY_TRUSTS"] = "127.0.0.1/32"
    house.up()
    forwarded = {"x-forwarded-for": "198.51.100.7, 203.0.113.9"}  # the first is what the caller made up
    seen = httpx.get(f"{house.address}/", headers=forwarded).json()["headers"]
    assert seen["x-forwarded-for"] == "203.0.113.9"


def test_pages_carry_safe_headers_and_no_sign_of_the_server(standing_house: House) -> None:
    for path in ("/", "/simulator/clock"):
        headers = httpx.get(standing_house.address + path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert "server" not in headers
    assert "default-src 'self'" in httpx.get(standing_house.address).headers["content-security-policy"]


def test_pages_are_compressed(standing_house: House) -> None:
    assert (
        httpx.get(f"{standing_house.address}/page", headers={"accept-encoding": "gzip"}).headers["content-encoding"]
        == "gzip"
    )


def test_a_live_page_arrives_line_by_line(standing_house: House) -> None:
    began = time.monotonic()
    with httpx.stream("GET", f"{standing_house.address}/stream") as live:
        lines = live.iter_lines()
        assert next(lines) == "data: 0"
        assert time.monotonic() - began < 8, "the whole page takes ten seconds"


async def test_readers_do_not_see_a_restart_of_intake(house: House) -> None:
    async with httpx.AsyncClient(base_url=house.address, timeout=60) as client:
        first = (await client.get("/")).json()["pid"]
        os.kill(first, signal.SIGKILL)
        second = await client.get("/")
        assert second.status_code == 200
        assert second.json()["pid"] != first


async def test_a_post_that_may_have_arrived_is_not_sent_again(house: House) -> None:
    async with httpx.AsyncClient(base_url=house.address, timeout=60) as client:
        posting = asyncio.create_task(client.post("/slow"))
        calls = house.home / "slow"
        while not calls.exists():
            await asyncio.sleep(0.02)
        os.kill(house.ps()["services"]["intake"]["pid"], signal.SIGKILL)
        answer = await posting
        assert answer.status_code == 503
        assert answer.json()["title"] == "Chưa sẵn sàng"
        assert (await client.get("/")).status_code == 200
        assert calls.read_text().count("POST") == 1
