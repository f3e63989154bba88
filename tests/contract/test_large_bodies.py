"""A body beyond the limit is told so whatever its sender's pace: never cut off before it can hear why."""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Iterator

import httpx
import pytest

from tests.contract.people import People, is_problem

TIMES = 12
SLIGHTLY, MUCH, FAR = 66_000, 900_000, 6_000_000
"""Bytes: beyond 64 kB by a little, by what is read to its end, and by more than anybody reads."""


@pytest.mark.parametrize("pieces", [1, 2, 40])
@pytest.mark.parametrize("announced", [True, False], ids=["announced", "chunked"])
@pytest.mark.parametrize("size", [SLIGHTLY, MUCH])
async def test_the_gateway_says_413_to_each_of_many(people: People, size: int, announced: bool, pieces: int) -> None:
    for answer in await _send_many(people.house.address, size, announced, pieces):
        is_problem(answer, 413)


@pytest.mark.parametrize("pieces", [1, 40])
@pytest.mark.parametrize("announced", [True, False], ids=["announced", "chunked"])
@pytest.mark.parametrize("size", [SLIGHTLY, MUCH])
async def test_a_service_says_it_itself(people: People, size: int, announced: bool, pieces: int) -> None:
    for answer in await _send_many(people.parts["services"]["intake"]["url"], size, announced, pieces):
        is_problem(answer, 413)


@pytest.mark.parametrize("announced", [True, False], ids=["announced", "chunked"])
async def test_what_nobody_reads_to_its_end_is_cut_off_and_no_fault_of_ours(people: People, announced: bool) -> None:
    async with _caller(people.house.address) as client:
        answers = await asyncio.gather(*_posts(client, FAR, announced, 40), return_exceptions=True)
    for answer in answers:
        if isinstance(answer, httpx.Response):
            is_problem(answer, 413)
        else:
            assert isinstance(answer, httpx.NetworkError | httpx.RemoteProtocolError), answer
    assert people.house.is_ready()


async def _send_many(address: str, size: int, announced: bool, pieces: int) -> list[httpx.Response]:
    async with _caller(address) as client:
        return await asyncio.gather(*_posts(client, size, announced, pieces))


def _caller(address: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=address, timeout=60, trust_env=False)


def _posts(
    client: httpx.AsyncClient, size: int, announced: bool, pieces: int
) -> Iterator[Coroutine[None, None, httpx.Response]]:
    headers = {"content-type": "application/json"} | ({"content-length": str(size)} if announced else {})
    for _ in range(TIMES):
        yield client.post("/api/v1/requests", content=_body(size, pieces), headers=headers)


async def _body(size: int, pieces: int) -> AsyncIterator[bytes]:
    """In so many pieces, with time in between for the other side to answer too early."""
    for start in range(0, size, -(-size // pieces)):
        yield b"a" * min(-(-size // pieces), size - start)
        await asyncio.sleep(0.005)
